"""The delay before `cinestream watch` connects again."""

import random

_FIRST_RETRY = 1.0
_MAX_RETRY = 300.0
_MAX_DELAY = 10.0


class Backoff:
    """The delays between attempts to connect, in seconds.

    The server sets the first delay after each connection, by the `retry` of its events. Further delays grow to twice
    their predecessor, at most 10 s, and are random above the first one. So clients of one server spread their attempts.
    """

    def __init__(self) -> None:
        self._retry = _FIRST_RETRY
        self._failures = 0

    def connected(self, retry: int | None) -> None:
        """Begin anew, because an event came.

        Args:
            retry: milliseconds of its `retry`, or None if it has none.
        """
        self._failures = 0
        if retry is not None:
            self._retry = min(max(retry / 1000, 0.0), _MAX_RETRY)

    def next_delay(self, minimum_seconds: float | None = None) -> float:
        """Return the delay before the next attempt.

        Args:
            minimum_seconds: seconds that the server demands, or None.
        """
        shortest = self._retry if minimum_seconds is None else min(minimum_seconds, _MAX_RETRY)
        longest = min(max(shortest, 0.1) * 2**self._failures, _MAX_DELAY)
        self._failures = min(self._failures + 1, 16)
        return shortest + random.uniform(0, max(longest - shortest, 0.0)) if self._failures > 1 else shortest  # noqa: S311
