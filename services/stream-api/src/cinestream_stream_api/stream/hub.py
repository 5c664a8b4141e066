"""The hub: the registry of all open streams of a process."""

import asyncio
import random
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from itertools import count, islice
from secrets import token_hex
from typing import Any

import anyio

from cinestream_stream_api.metrics import StreamMetrics
from cinestream_stream_api.stream.open_stream import Client
from cinestream_stream_api.stream.scheduler import Listener
from cinestream_stream_api.stream.stream_log import StreamLog
from cinestream_stream_api.stream.waker import Waker, push_interval

_END_TIMEOUT = 0.5
"""Seconds that clients have to read the end of their streams."""
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
        self._listeners: dict[Listener, Client] = {}
        self._log = StreamLog()
        # Random, because there are several processes, and each starts again from 1 when it is replaced.
        self._process = token_hex(3)
        self._numbers = count(1)
        self._empty = asyncio.Event()
        metrics.clients.labels("live").set_function(lambda: self.clients(live=True))
        metrics.clients.labels("catching-up").set_function(lambda: self.clients(live=False))

    @property
    def listeners(self) -> Collection[Listener]:
        """All open streams, as a live view."""
        return self._listeners.keys()

    @contextmanager
    def register(self, listener: Listener, client: Client) -> Iterator[None]:
        """Keep a stream registered while the block runs."""
        client.number, client.opened = next(self._numbers), anyio.current_time()
        self._listeners[listener] = client
        self._log.opened(self._id(client), client, listener)
        self._adapt_interval()
        if self.ending:
            # A client admitted before the shutdown registers only after its headers are sent. The loop in `end` may
            # have run by then, and uvicorn would wait for this stream.
            listener.end("shutdown")
        try:
            yield
        finally:
            del self._listeners[listener]
            self._log.closed(self._id(client), client, listener)
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

    def open_streams(self, limit: int) -> list[dict[str, Any]]:
        """Return the state of the streams that have been open for longest, at most `limit`."""
        now = anyio.current_time()
        return [
            {
                "id": self._id(client),
                "address": client.address,
                "start": client.start,
                "seconds": round(now - client.opened, 3),
                **listener.facts()._asdict(),
            }
            for listener, client in islice(self._listeners.items(), limit)
        ]

    def end_one(self, id: str) -> bool:
        """End a stream as an operator asks. Return False if there is no such stream."""
        found = (listener for listener, client in self._listeners.items() if self._id(client) == id)
        listener = next(found, None)
        if listener is None:
            return False
        listener.end("operator")
        # A client that does not read never gets the closing frames.
        asyncio.get_running_loop().call_later(_END_TIMEOUT, self._drop, listener)
        return True

    def _id(self, client: Client) -> str:
        return f"{self._process}-{client.number}"

    def _drop(self, listener: Listener) -> None:
        if listener in self._listeners:
            listener.drop("operator")

    def clients(self, *, live: bool) -> int:
        """Return the number of open streams that have caught up (`live`) or have not."""
        return sum(listener.live is live for listener in self._listeners)
