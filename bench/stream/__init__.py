"""Benchmark of the stream: CineStream and other servers, one after another, with the same events and the same client.

Compare the ratios of one run. Absolute figures depend on the machine.
"""
