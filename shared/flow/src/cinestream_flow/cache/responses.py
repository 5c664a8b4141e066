"""The cache of responses over a store, and its statistics."""

import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Protocol

import orjson

from cinestream_flow.cache.codec import Codec
from cinestream_flow.logger import get_logger

log = get_logger("cache")
MAX_BODY_BYTES = 1_000_000
"""Limit of a cached body, because a larger one would evict too many others."""


class CacheStore(Protocol):
    """A store of encoded responses: `MemoryStore` or `SqliteStore`."""

    @property
    def evicted(self) -> int:
        """Number of entries that were removed to make room for others."""

    def get(self, key: str) -> tuple[float, bytes] | None:
        """Return the Unix time and the stored form of an entry, or None."""

    def put(self, key: str, at: float, response: bytes) -> None:
        """Store or replace an entry."""

    def remove(self, key: str) -> None:
        """Remove an entry, if it exists."""

    def expire(self) -> int:
        """Remove the entries that are too old, and return their number."""

    def clear(self) -> int:
        """Remove all entries, and return their number."""

    @property
    def size(self) -> tuple[int, int]:
        """Number of entries and their bytes."""

    def close(self) -> None:
        """Close the store."""


@dataclass(frozen=True)
class CachedResponse:
    """A cached response. `at` is the Unix time at which the server last returned or confirmed it."""

    headers: Mapping[str, str]
    body: bytes
    at: float


@dataclass
class CacheStatistics:
    """The counters of a cache.

    `confirmed` counts responses that the server declared unchanged (304), so that the body came from the cache.
    `stale` counts responses that were used although they were no longer fresh.
    """

    hits: int = 0
    confirmed: int = 0
    stale: int = 0
    misses: int = 0
    evictions: int = 0

    @property
    def ratio(self) -> float:
        """Share of requests that the cache answered, or 0 before the first request."""
        served = self.hits + self.confirmed + self.stale
        return served / (served + self.misses) if served + self.misses else 0.0

    def facts(self) -> dict[str, float]:
        """Return all counters and the ratio, for reports."""
        return {**asdict(self), "ratio": round(self.ratio, 4)}


class ResponseCache:
    """A cache of responses by key. The caller decides how long a response is fresh, and counts hits and misses.

    A store that fails (a full disk, a locked file) never fails the caller. The response is then not cached.

    Args:
        store: Place of the entries.
        codec: Form of the entries.
        cleanup_interval: Seconds between removals of old entries. A removal is part of the next `put`.
        clock: Unix time in seconds.
    """

    def __init__(
        self,
        store: CacheStore,
        codec: Codec,
        *,
        cleanup_interval: float = 3600.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.store = store
        self._codec, self._interval, self._clock = codec, cleanup_interval, clock
        self._statistics = CacheStatistics()
        self._cleaned_at = clock() - cleanup_interval

    @property
    def statistics(self) -> CacheStatistics:
        """The counters since this object was created."""
        self._statistics.evictions = self.store.evicted
        return self._statistics

    def get(self, key: str) -> CachedResponse | None:
        """Return a response of any age, or None if there is none or it cannot be read."""
        try:
            row = self.store.get(key)
        except sqlite3.Error as error:
            self._warn(error)
            return None
        response = self._codec.decode(row[1]) if row else None
        if row is None or response is None:
            return None
        headers, _, body = response.partition(b"\n")
        return CachedResponse(orjson.loads(headers), body, row[0])

    def age(self, response: CachedResponse) -> float:
        """Return the seconds since the server last returned or confirmed a response."""
        return max(0.0, self._clock() - response.at)

    def put(self, key: str, headers: Mapping[str, str], body: bytes) -> None:
        """Cache a response that was just received. A body over 1 MB is not cached."""
        response = orjson.dumps(dict(headers)) + b"\n" + body
        try:
            if len(body) <= MAX_BODY_BYTES:
                self.store.put(key, self._clock(), self._codec.encode(response))
            if self._clock() >= self._cleaned_at + self._interval:
                self._cleaned_at = self._clock()
                self.store.expire()
        except sqlite3.Error as error:
            self._warn(error)

    def _warn(self, error: sqlite3.Error) -> None:
        log.warning("cache.failed", reason=str(error), action="responses are not cached; free disk space")
