"""The rate of requests to a host: halved after a refusal, doubled again after each interval without one. Pure.

A configured rate of 0 means "as fast as the browser". After a refusal such a host starts at
`_UNLIMITED_RATE` pages per second.
"""

from collections.abc import Callable

_UNLIMITED_RATE = 16.0
_MAX_HALVINGS = 5


class HostRate:
    """The pages per second of one host.

    Args:
        full: the rate without refusals. 0: no limit.
        recovery: seconds without a refusal after which the rate is doubled again.
        clock: the current time in seconds, which never goes back.
    """

    def __init__(self, full: float, recovery: float, clock: Callable[[], float]) -> None:
        self._full = full
        self._recovery = recovery
        self._clock = clock
        self._halvings = 0
        self._halved_at = 0.0

    @property
    def now(self) -> float:
        """Pages per second now. 0: no limit."""
        halvings = self._current_halvings()
        return (self._full or _UNLIMITED_RATE) / 2**halvings if halvings else self._full

    @property
    def slowed(self) -> bool:
        """True while the rate is below the full one."""
        return self._current_halvings() > 0

    def halve(self) -> None:
        """Slow down, because the host refused a page."""
        self._halvings = min(self._current_halvings() + 1, _MAX_HALVINGS)
        self._halved_at = self._clock()

    def limit_to(self, rate: float) -> bool:
        """Lower the full rate to what the host requires. Return True if that is lower than before."""
        lower = rate > 0 and (self._full == 0 or rate < self._full)
        self._full = rate if lower else self._full
        return lower

    def _current_halvings(self) -> int:
        intervals = int((self._clock() - self._halved_at) / self._recovery) if self._halvings else 0
        return max(0, self._halvings - intervals)
