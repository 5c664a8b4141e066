"""The hub: the registry of all open streams of a process."""

import asyncio
import random
from collections.abc import Collection, Iterator
from contextlib import contextmanager

import anyio

from cinestream_stream_api.metrics import StreamMetrics
from cinestream_stream_api.stream.scheduler import Listener
from cinestream_stream_api.stream.waker import Waker, push_interval

_END_TIMEOUT = 0.5
"""Seconds that clients have to read the end of their streams at a shutdown."""
_MIN_SLEEP = 0.01
"""Seconds between two ends of streams. With less time between them, several end together."""


class Hub:
    """The open streams, from their registration to their end.

    Args:
        waker: its interval follows the number of streams.
        max_interval: the longest interval between two pushes, in seconds.
        metrics: where the numbers of open streams are shown.
    """

    def __init__(self, waker: Waker, *, max_interval: float, metrics: StreamMetrics) -> None:
        self.ending = False
        self._waker = waker
        self._max_interval = max_interval
        self._listeners: set[Listener] = set()
        self._empty = asyncio.Event()
        metrics.clients.labels("live").set_function(lambda: self.clients(live=True))
        metrics.clients.labels("catching-up").set_function(lambda: self.clients(live=False))

    @property
    def listeners(self) -> Collection[Listener]:
        """All open streams, as a live view."""
        return self._listeners

    @contextmanager
    def register(self, listener: Listener) -> Iterator[None]:
        """Keep a stream registered while the block runs."""
        self._listeners.add(listener)
        self._adapt_interval()
        if self.ending:
            # A client admitted before the shutdown registers only after its headers are sent. The loop in `end` may
            # have run by then, and uvicorn would wait for this stream.
            listener.end("shutdown")
        try:
            yield
        finally:
            self._listeners.discard(listener)
            self._adapt_interval()
            if not self._listeners:
                self._empty.set()

    def _adapt_interval(self) -> None:
        self._waker.interval = push_interval(len(self._listeners), max_seconds=self._max_interval)

    async def end(self, *, drain_seconds: float = 0.0, stop_now: anyio.Event | None = None) -> None:
        """End all streams: first with closing frames, then by force for clients that do not read.

        No new stream may be opened from now on.

        Args:
            drain_seconds: seconds over which the streams end, evenly and in random order.
            stop_now: when it is set, the remaining streams end together.
        """
        self.ending = True  # first, so that streams registered from now on end, too
        # The event is still set if all clients left at some time before. Clearing it later could erase the signal of
        # the last stream of this shutdown.
        self._empty.clear()
        await self._end_each(drain_seconds, stop_now or anyio.Event())
        # Closing frames give each client its own reconnection delay, so that not all return at the same moment. A
        # client that does not read would never receive them, and must not delay the shutdown.
        if self._listeners:
            with anyio.move_on_after(_END_TIMEOUT):
                await self._empty.wait()
        for listener in list(self._listeners):
            listener.drop("shutdown")

    async def _end_each(self, seconds: float, stop_now: anyio.Event) -> None:
        listeners = list(self._listeners)
        random.shuffle(listeners)
        started = anyio.current_time()
        for number, listener in enumerate(listeners):
            wait = started + seconds * number / len(listeners) - anyio.current_time()
            if wait > _MIN_SLEEP and not stop_now.is_set():
                with anyio.move_on_after(wait):
                    await stop_now.wait()
            listener.end("shutdown")

    def clients(self, *, live: bool) -> int:
        """Return the number of open streams that have caught up (`live`) or have not."""
        return sum(listener.live is live for listener in self._listeners)
