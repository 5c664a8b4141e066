"""A limit of log lines, so that many clients at once do not fill the log."""

import time
from collections.abc import Callable


class LineSampler:
    """A limit of lines per second. The next line after it states the number of lines left out.

    Args:
        max_per_second: lines that are admitted in each second.
        clock: returns the time in seconds.
    """

    def __init__(self, max_per_second: int = 10, clock: Callable[[], float] = time.monotonic) -> None:
        self._max = max_per_second
        self._clock = clock
        self._second = 0
        self._lines = 0
        self._left_out = 0

    def admit(self) -> dict[str, int] | None:
        """Return the further fields of a line, usually none, or None if the line must be left out."""
        second = int(self._clock())
        if second != self._second:
            self._second, self._lines = second, 0
        if self._lines >= self._max:
            self._left_out += 1
            return None
        self._lines += 1
        left_out, self._left_out = self._left_out, 0
        return {"lines_left_out": left_out} if left_out else {}
