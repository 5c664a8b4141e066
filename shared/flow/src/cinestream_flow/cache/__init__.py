"""Answers of others, kept so that they need not be asked for again.

Read in this order: `codec` (what a kept answer looks like: compressed, encrypted), `bounds` (how much is kept),
`memory` and `sqlite` (where, the least recently used going first), `responses` (when a kept answer may be used, and how
often it was).
"""

from cinestream_flow.cache.bounds import Bounds
from cinestream_flow.cache.codec import Codec
from cinestream_flow.cache.memory import MemoryStore
from cinestream_flow.cache.responses import Kept, ResponseCache, Statistics, Store
from cinestream_flow.cache.sqlite import SqliteStore

__all__ = ["Bounds", "Codec", "Kept", "MemoryStore", "ResponseCache", "SqliteStore", "Statistics", "Store"]
