"""Benchmark of the ETL worker: the cost of reading a page against BeautifulSoup, and the work of real processes."""
