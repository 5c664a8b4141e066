"""The lag: the time from storing a film in JetStream to writing it to the clients."""

import time
from collections import deque
from collections.abc import Mapping

from prometheus_client import Histogram

from cinestream.bus.jetstream import TIME_STAMP, nats_time


class Lag:
    """Observations of the lag, one per film.

    A film is observed when it is written to the last client that keeps up. The clocks of this machine and of NATS
    are compared. A film with a time in the future counts as 0 seconds.

    Args:
        histogram: where the seconds are observed.
        max_waiting: films that may wait to be observed. The oldest are dropped beyond that.
    """

    def __init__(self, histogram: Histogram, *, max_waiting: int) -> None:
        self._histogram = histogram
        self._waiting: deque[tuple[int, str]] = deque(maxlen=max_waiting)

    def arrived(self, sequence: int, headers: Mapping[str, str]) -> None:
        """Remember a film that arrived live, with the headers that NATS gave it."""
        if stored := headers.get(TIME_STAMP):
            self._waiting.append((sequence, stored))

    def written(self, through: int) -> None:
        """Observe all films up to this sequence."""
        now = time.time()
        while self._waiting and self._waiting[0][0] <= through:
            _, stored = self._waiting.popleft()
            self._histogram.observe(max(0.0, now - nats_time(stored).timestamp()))

    def forget(self) -> None:
        """Drop all waiting films, because there are no clients or the stream was replaced."""
        self._waiting.clear()

    def __bool__(self) -> bool:
        return bool(self._waiting)
