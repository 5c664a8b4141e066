"""Benchmark of the scraper: pages per second against other tools on one site, memory, and a crawl full of faults."""
