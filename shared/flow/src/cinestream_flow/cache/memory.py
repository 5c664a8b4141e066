"""Kept answers in memory."""

import time
from collections.abc import Callable

from cachetools import TLRUCache

from cinestream_flow.cache.bounds import Bounds

Row = tuple[float, bytes]  # Unix time of the answer, the answer


class MemoryStore:
    """As many answers as the bounds allow."""

    def __init__(self, bounds: Bounds, *, clock: Callable[[], float] = time.time) -> None:
        self._bounds = bounds
        self._rows = _Counting(
            bounds.max_bytes,
            lambda _key, row, _now: row[0] + bounds.keep,
            timer=clock,
            getsizeof=lambda row: len(row[1]),
        )

    def get(self, key: str) -> Row | None:
        """An answer, which thereby becomes the most recently used one."""
        return self._rows.get(key)

    def put(self, key: str, at: float, answer: bytes) -> None:
        """Keep an answer instead of the one before; one that is larger than everything may be is not kept."""
        self._rows.pop(key, None)
        if len(answer) > self._bounds.max_bytes:
            return
        while len(self._rows) >= self._bounds.capacity:
            self._rows.popitem()
        self._rows[key] = (at, answer)

    def remove(self, key: str) -> None:
        """Forget an answer."""
        self._rows.pop(key, None)

    def expire(self) -> int:
        """Forget what is too old; how many that were."""
        return len([*self._rows.expire()])

    def clear(self) -> int:
        """Forget everything; how many answers that were."""
        count = len(self._rows)
        self._rows.clear()
        return count

    @property
    def evicted(self) -> int:
        """Answers that had to go for others."""
        return self._rows.evicted

    @property
    def size(self) -> tuple[int, int]:
        """Answers and bytes kept."""
        return len(self._rows), int(self._rows.currsize)

    def close(self) -> None:
        """Nothing is open."""


class _Counting(TLRUCache[str, Row]):
    """Says how many answers had to go."""

    evicted = 0

    def popitem(self) -> tuple[str, Row]:
        self.evicted += 1
        return super().popitem()
