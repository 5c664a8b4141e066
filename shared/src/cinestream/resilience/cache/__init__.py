"""Answers of others, kept so that they need not be asked for again.

Read in this order: `codec` (what a kept answer looks like: compressed, encrypted), `memory` and `sqlite` (where it is,
the least recently used going first), `responses` (when it may be used, and how often it was).
"""

from cinestream.resilience.cache.codec import Codec
from cinestream.resilience.cache.memory import MemoryStore
from cinestream.resilience.cache.responses import Kept, ResponseCache, Statistics, Store
from cinestream.resilience.cache.sqlite import SqliteStore

__all__ = ["Codec", "Kept", "MemoryStore", "ResponseCache", "SqliteStore", "Statistics", "Store"]
