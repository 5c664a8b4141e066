"""When a host is left alone, and for how long: the circuit breaker of a host. Pure: the clock is an argument.

A refusal (challenge, 429, 403) opens it at once, for as long as the verdict says, and so does a failure that says when
to come back. Other failures open it when several come in a row, each time for longer. Several pages of either in a row
mean that it is the site that fails, not a page.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_FAILURES_IN_A_ROW = 3
_FIRST_PAUSE = 2.0


class Pauses:
    """The breaker of one host."""

    def __init__(self, longest: float, clock: Callable[[], float]) -> None:
        self._longest = longest
        self._clock = clock
        self._until = 0.0
        self._failures = 0
        self._pages: set[str] = set()
        self.reason = ""

    @property
    def left(self) -> float:
        """Seconds until the host may be asked again; 0 when it may."""
        return max(0.0, self._until - self._clock())

    @property
    def failing(self) -> bool:
        """Whether it is the host that fails, and not one page or two."""
        return len(self._pages) >= _FAILURES_IN_A_ROW

    def refused(self, seconds: float, reason: str, page: str = "") -> None:
        """The host said no: leave it alone for a while. A longer pause that is running goes on."""
        self._count(page)
        self._pause(seconds, reason)

    def failed(self, reason: str, page: str = "", seconds: float = 0.0) -> None:
        """The host gave no usable answer, and maybe said for how many seconds.

        `page` is the page that it concerns, empty where it is none's fault.
        """
        self._count(page)
        if seconds:
            self._pause(seconds, reason)
        if self._failures >= _FAILURES_IN_A_ROW:
            self._pause(_FIRST_PAUSE * 2 ** min(self._failures - _FAILURES_IN_A_ROW, 16), reason)

    def worked(self) -> None:
        """The host answered."""
        self._failures = 0
        self._pages.clear()

    def _count(self, page: str) -> None:
        self._failures += 1
        if not self.failing:
            self._pages.add(page or f"failure {self._failures}")

    def _pause(self, seconds: float, reason: str) -> None:
        until = self._clock() + min(seconds, self._longest)
        if until > self._until:
            self._until, self.reason = until, reason


def retry_after_seconds(value: str | None, now: datetime, *, default: float) -> float:
    """The seconds that a Retry-After header means: a number of them, or an HTTP date (RFC 9110, 10.2.3)."""
    if value is None:
        return default
    if value.strip().isascii() and value.strip().isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return default
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
