"""Chunked, checkpointed, memory-bounded processing with retry, rate limit, breaker, cache and pool."""
