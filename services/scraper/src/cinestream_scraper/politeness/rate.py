"""How fast a host is asked: halved when it refuses, doubled again after each while without refusal. Pure.

A rate of 0 is as fast as the browser; such a host is slowed down from `_FASTEST` pages per second.
"""

from collections.abc import Callable

_FASTEST = 16.0
_MOST_HALVINGS = 5


class Rate:
    """The pages per second of one host: `full` at best, and less for a while after each refusal."""

    def __init__(self, full: float, recovery: float, clock: Callable[[], float]) -> None:
        self._full = full
        self._recovery = recovery
        self._clock = clock
        self._halvings = 0
        self._since = 0.0

    @property
    def now(self) -> float:
        """Pages per second; 0: no limit."""
        left = self._left()
        return (self._full or _FASTEST) / 2**left if left else self._full

    @property
    def slowed(self) -> bool:
        """Whether it is less than at best."""
        return self._left() > 0

    def halve(self) -> None:
        """The host refused."""
        self._halvings = min(self._left() + 1, _MOST_HALVINGS)
        self._since = self._clock()

    def limit_to(self, rate: float) -> bool:
        """The host wants no more than this; return whether that is less than it was asked at best."""
        lower = rate > 0 and (self._full == 0 or rate < self._full)
        self._full = rate if lower else self._full
        return lower

    def _left(self) -> int:
        over = int((self._clock() - self._since) / self._recovery) if self._halvings else 0
        return max(0, self._halvings - over)
