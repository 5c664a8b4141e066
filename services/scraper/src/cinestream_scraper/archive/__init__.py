"""Saved pages: import from HTML, WARC and WACZ files, and export to WARC."""
