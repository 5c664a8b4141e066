"""Cached responses in memory."""

import time
from collections.abc import Callable

from cachetools import TLRUCache

from cinestream_flow.cache.limits import CacheLimits

Row = tuple[float, bytes]  # Unix time of the response, and its stored form


class MemoryStore:
    """A cache store in the memory of the process. Its methods do what `CacheStore` describes."""

    def __init__(self, limits: CacheLimits, *, clock: Callable[[], float] = time.time) -> None:
        self._limits = limits
        self._rows = _CountingCache(
            limits.max_bytes,
            lambda _key, row, _now: row[0] + limits.max_age_seconds,
            timer=clock,
            getsizeof=lambda row: len(row[1]),
        )

    def get(self, key: str) -> Row | None:
        """Return an entry and mark it as the most recently used one."""
        return self._rows.get(key)

    def put(self, key: str, at: float, response: bytes) -> None:
        """Store or replace an entry. A response larger than `max_bytes` is not stored."""
        self._rows.pop(key, None)
        if len(response) > self._limits.max_bytes:
            return
        while len(self._rows) >= self._limits.max_entries:
            self._rows.popitem()
        self._rows[key] = (at, response)

    def remove(self, key: str) -> None:
        """Remove an entry, if it exists."""
        self._rows.pop(key, None)

    def expire(self) -> int:
        """Remove the entries that are too old, and return their number."""
        return len([*self._rows.expire()])

    def clear(self) -> int:
        """Remove all entries, and return their number."""
        count = len(self._rows)
        self._rows.clear()
        return count

    @property
    def evicted(self) -> int:
        """Number of entries that were removed to make room for others."""
        return self._rows.evicted

    @property
    def size(self) -> tuple[int, int]:
        """Number of entries and their bytes."""
        return len(self._rows), int(self._rows.currsize)

    def close(self) -> None:
        """Do nothing: there is no file to close."""


class _CountingCache(TLRUCache[str, Row]):
    """A cache that counts its evictions."""

    evicted = 0

    def popitem(self) -> tuple[str, Row]:
        self.evicted += 1
        return super().popitem()
