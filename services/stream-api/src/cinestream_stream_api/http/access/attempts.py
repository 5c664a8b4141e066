"""A limit on failed attempts, per client address."""

import math
import time
from collections.abc import Callable

from cachetools import TTLCache

MAX_ADDRESSES = 10_000
"""Addresses that are remembered. Beyond this number, the one that was used least recently is forgotten."""


class Attempts:
    """The failed attempts of each address: some at once, then one per interval.

    This is the generic cell rate algorithm: of each address it remembers only when all attempts are possible again.

    Args:
        burst: attempts that are possible at once.
        seconds: the interval after which one more is possible.
        clock: monotonic clock in seconds.
    """

    def __init__(self, burst: int, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._tolerance = (burst - 1) * seconds
        self._clock = clock
        self._restored: TTLCache[str, float] = TTLCache(MAX_ADDRESSES, burst * seconds, timer=clock)

    def wait(self, address: str) -> int:
        """Return the seconds until the next attempt is possible, rounded up. 0 if it is possible now."""
        return max(0, math.ceil(self._restored.get(address, 0) - self._tolerance - self._clock()))

    def add(self, address: str) -> None:
        """Count a failed attempt."""
        now = self._clock()
        restored = max(self._restored.get(address, 0), now) + self._seconds
        # Attempts that were all under way at once wait no longer than those of one full burst.
        self._restored[address] = min(restored, now + self._tolerance + self._seconds)
