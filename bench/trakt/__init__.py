"""Benchmark of the Trakt exporter: its CSV of a large history and its client, each against a plain script."""
