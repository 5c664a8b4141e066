"""The lag: the time from storing a film in JetStream to writing it to the clients."""

import time
from collections import deque
from datetime import datetime

from prometheus_client import Histogram


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
        self._waiting: deque[tuple[int, datetime]] = deque(maxlen=max_waiting)

    def arrived(self, sequence: int, stored_at: datetime | None) -> None:
        """Remember a film that arrived live. It is not observed if the time at which NATS stored it is unknown."""
        if stored_at:
            self._waiting.append((sequence, stored_at))

    def written(self, through: int) -> None:
        """Observe all films up to this sequence."""
        now = time.time()
        while self._waiting and self._waiting[0][0] <= through:
            _, stored_at = self._waiting.popleft()
            self._histogram.observe(max(0.0, now - stored_at.timestamp()))

    def forget(self) -> None:
        """Drop all waiting films, because there are no clients or the stream was replaced."""
        self._waiting.clear()

    def __bool__(self) -> bool:
        return bool(self._waiting)
