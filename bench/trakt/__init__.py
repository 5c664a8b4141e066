"""Benchmark of the Trakt exporter: a large history from a local server to CSV, against a plain script.

Read in this order: `library` (the server and what it serves), `peers/plain.py` (the plain script: load everything, then
write), `__main__` (runs both, prints ratios).
"""
