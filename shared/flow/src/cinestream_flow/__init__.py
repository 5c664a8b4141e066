"""Building blocks for long asynchronous jobs that must not lose data, repeat work or run out of memory.

Each module can be used on its own.
"""
