"""Answers of others, kept so that they need not be asked for again.

Read in this order: `codec` (what a kept answer looks like: compressed, encrypted), `bounds` (how much is kept),
`memory` and `sqlite` (where, the least recently used going first), `responses` (when a kept answer may be used, and how
often it was).
"""

from cinestream.resilience.cache.bounds import Bounds
from cinestream.resilience.cache.codec import Codec
from cinestream.resilience.cache.memory import MemoryStore
from cinestream.resilience.cache.responses import Kept, ResponseCache, Statistics, Store
from cinestream.resilience.cache.sqlite import SqliteStore

__all__ = ["Bounds", "Codec", "Kept", "MemoryStore", "ResponseCache", "SqliteStore", "Statistics", "Store"]
