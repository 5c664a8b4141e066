"""The circuit breaker of a host, or of the starts of browsers. Pure: the clock is an argument.

A refusal (challenge, 429, 403) opens it at once, for as long as the verdict says. So does a failure that states when to
come back. Other failures open it when three come in a row, each time for longer. Failures of three different pages in a
row mean that the site fails, and not a page.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_FAILURES_IN_A_ROW = 3
_FIRST_PAUSE_SECONDS = 2.0


class Backoff:
    """The breaker of one host.

    Args:
        max_seconds: the longest pause.
        clock: the current time in seconds, which never goes back.
    """

    def __init__(self, max_seconds: float, clock: Callable[[], float]) -> None:
        self._max_seconds = max_seconds
        self._clock = clock
        self._until = 0.0
        self._failures = 0
        self._failed_pages: set[str] = set()
        self.reason = ""

    @property
    def seconds_left(self) -> float:
        """Seconds until the host may be contacted again, or 0."""
        return max(0.0, self._until - self._clock())

    @property
    def failing(self) -> bool:
        """True if the host fails, and not one page or two."""
        return len(self._failed_pages) >= _FAILURES_IN_A_ROW

    def record_refusal(self, seconds: float, reason: str, page: str = "") -> None:
        """Pause because the host refused a page. A longer pause that is running stays."""
        self._count(page)
        self._pause(seconds, reason)

    def record_failure(self, reason: str, page: str = "", seconds: float = 0.0) -> None:
        """Count that the host gave no usable response, and pause if it is time to.

        Args:
            reason: what happened, for /readyz.
            page: the page that it concerns. Empty if it concerns no page of its own.
            seconds: the pause that the host asked for, or 0.
        """
        self._count(page)
        if seconds:
            self._pause(seconds, reason)
        if self._failures >= _FAILURES_IN_A_ROW:
            # 2 s, 4 s, 8 s … The exponent is bounded, so that the power stays a small number.
            exponent = min(self._failures - _FAILURES_IN_A_ROW, 16)
            self._pause(_FIRST_PAUSE_SECONDS * 2**exponent, reason)

    def record_success(self) -> None:
        """Forget the failures: the host responded."""
        self._failures = 0
        self._failed_pages.clear()

    def _count(self, page: str) -> None:
        self._failures += 1
        if not self.failing:  # the set stays small
            self._failed_pages.add(page or f"failure {self._failures}")

    def _pause(self, seconds: float, reason: str) -> None:
        until = self._clock() + min(seconds, self._max_seconds)
        if until > self._until:
            self._until, self.reason = until, reason


def retry_after_seconds(value: str | None, now: datetime, *, default: float) -> float:
    """Return the seconds of a Retry-After header: a number or an HTTP date (RFC 9110, section 10.2.3)."""
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
