"""Pages that come from files or go into files: WARC, WACZ, HTML and compressed streams."""
