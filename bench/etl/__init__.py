"""`make bench-etl`: what reading a page costs, beside the usual way (`soup`) and the least possible."""
