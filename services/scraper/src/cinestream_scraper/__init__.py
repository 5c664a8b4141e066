"""Read title, chart, list and search pages in a real browser and publish them raw.

A request passes through the sub-packages: `crawl` decides, `politeness` waits, `browser` reads, `pages` judges.
"""
