"""When a kept answer may be used, and how often it was."""

import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Protocol

import orjson
import structlog

from cinestream_flow.cache.codec import Codec

log = structlog.get_logger("cache")
LARGEST = 1_000_000
"""Bytes of an answer that is worth keeping: a larger one would push out too many others."""


class Store(Protocol):
    """Where answers are kept: `MemoryStore` or `SqliteStore`."""

    @property
    def evicted(self) -> int:
        """Answers that had to go for others."""

    def get(self, key: str) -> tuple[float, bytes] | None:
        """Unix time and bytes."""

    def put(self, key: str, at: float, answer: bytes) -> None:
        """Keep."""

    def remove(self, key: str) -> None:
        """Forget one."""

    def expire(self) -> int:
        """Forget the old ones."""

    def clear(self) -> int:
        """Forget all."""

    @property
    def size(self) -> tuple[int, int]:
        """Answers and bytes."""

    def close(self) -> None:
        """Close."""


@dataclass(frozen=True)
class Kept:
    """A kept answer: its headers, its body, and when it was last known to be true (Unix time)."""

    headers: Mapping[str, str]
    body: bytes
    at: float


@dataclass
class Statistics:
    """How often what happened. `confirmed`: asked for, and said to be unchanged (304): the body came from here."""

    hits: int = 0
    confirmed: int = 0
    stale: int = 0
    misses: int = 0
    evictions: int = 0

    @property
    def ratio(self) -> float:
        """Part of the questions whose answer came from here; 0 before the first."""
        served = self.hits + self.confirmed + self.stale
        return served / (served + self.misses) if served + self.misses else 0.0

    def facts(self) -> dict[str, float]:
        """All of it, for reports."""
        return {**asdict(self), "ratio": round(self.ratio, 4)}


class ResponseCache:
    """Answers by key. What is fresh is decided by the caller, who knows what the answer is about.

    Args:
        store: where they are.
        codec: how they look there.
        cleanup_interval: seconds between removals of what is too old (done on the way, by the next `put`).
        clock: Unix time.
    """

    def __init__(
        self,
        store: Store,
        codec: Codec,
        *,
        cleanup_interval: float = 3600.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.store = store
        self._codec, self._interval, self._clock = codec, cleanup_interval, clock
        self._statistics = Statistics()
        self._cleaned_at = clock() - cleanup_interval

    @property
    def statistics(self) -> Statistics:
        """What happened since this object was made."""
        self._statistics.evictions = self.store.evicted
        return self._statistics

    def get(self, key: str) -> Kept | None:
        """What is kept under a key, however old; None for nothing, or nothing that can be read."""
        try:
            row = self.store.get(key)
        except sqlite3.Error as error:
            self._failed(error)
            return None
        answer = self._codec.decode(row[1]) if row else None
        if row is None or answer is None:
            return None
        headers, _, body = answer.partition(b"\n")
        return Kept(orjson.loads(headers), body, row[0])

    def age(self, kept: Kept) -> float:
        """Seconds since an answer was last known to be true."""
        return max(0.0, self._clock() - kept.at)

    def put(self, key: str, headers: Mapping[str, str], body: bytes) -> None:
        """Keep an answer of now; one over 1 MB is not kept."""
        answer = orjson.dumps(dict(headers)) + b"\n" + body
        try:
            if len(body) <= LARGEST:
                self.store.put(key, self._clock(), self._codec.encode(answer))
            if self._clock() >= self._cleaned_at + self._interval:
                self._cleaned_at = self._clock()
                self.store.expire()
        except sqlite3.Error as error:
            self._failed(error)

    def _failed(self, error: sqlite3.Error) -> None:
        """A full disk, or a file in use for too long: a cache that fails keeps nothing, and that is all."""
        log.warning("cache.failed", reason=str(error))
