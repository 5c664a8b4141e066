"""A cache of responses in memory or in a SQLite file.

It limits entries, bytes and age, and can compress and encrypt. The caller decides how long a response is fresh.
"""

from cinestream_flow.cache.codec import Codec
from cinestream_flow.cache.limits import CacheLimits
from cinestream_flow.cache.memory import MemoryStore
from cinestream_flow.cache.responses import CachedResponse, CacheStatistics, CacheStore, ResponseCache
from cinestream_flow.cache.sqlite import SqliteStore

__all__ = [
    "CacheLimits",
    "CacheStatistics",
    "CacheStore",
    "CachedResponse",
    "Codec",
    "MemoryStore",
    "ResponseCache",
    "SqliteStore",
]
