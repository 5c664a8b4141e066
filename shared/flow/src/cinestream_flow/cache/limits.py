"""The limits of a cache."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CacheLimits:
    """The limits of a cache. The least recently used responses are evicted first.

    Args:
        max_entries: Number of responses.
        max_bytes: Bytes of all responses as they are stored.
        max_age_seconds: Seconds after which a response is removed.
    """

    max_entries: int
    max_bytes: int
    max_age_seconds: float
