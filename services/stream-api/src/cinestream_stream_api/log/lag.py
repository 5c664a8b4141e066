"""`Lag`: how long films take from being stored in JetStream to the connections of the clients."""

import time
from collections import deque
from collections.abc import Mapping

from prometheus_client import Histogram

from cinestream.bus.jetstream import nats_time

_STORED = "Nats-Time-Stamp"


class Lag:
    """Each film is observed once, however many clients there are: when the last one that keeps up was written it.

    The clocks of this machine and of NATS are compared; a film from the future counts as none late.
    """

    def __init__(self, histogram: Histogram, *, most: int) -> None:
        self._histogram = histogram
        self._waiting: deque[tuple[int, str]] = deque(maxlen=most)

    def came(self, sequence: int, headers: Mapping[str, str]) -> None:
        """Take note of a film that came live, with the headers that NATS gave it."""
        if stored := headers.get(_STORED):
            self._waiting.append((sequence, stored))

    def written(self, through: int) -> None:
        """Observe all films up to this sequence."""
        now = time.time()
        while self._waiting and self._waiting[0][0] <= through:
            _, stored = self._waiting.popleft()
            self._histogram.observe(max(0.0, now - nats_time(stored).timestamp()))

    def forget(self) -> None:
        """Observe nothing of what came: there is nobody to write it to, or the stream is another one."""
        self._waiting.clear()

    def __bool__(self) -> bool:
        return bool(self._waiting)
