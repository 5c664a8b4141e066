"""A client's connection, pushed by the scheduler.

With thousands of clients and few events, waking one task per client is most of the cost of an event. So one loop
writes to all connections. A connection has a task only while it reads history or ends its stream.
"""

import asyncio
import random
from collections.abc import Coroutine

from starlette.types import Send

from cinestream_flow.logger import get_logger
from cinestream_stream_api.settings import StreamSettings
from cinestream_stream_api.stream.chunk_writer import ChunkWriter
from cinestream_stream_api.stream.delivery_counter import DeliveryCounter
from cinestream_stream_api.stream.open_stream import State, StreamFacts, filter_text
from cinestream_stream_api.stream.opening import Opening
from cinestream_stream_api.stream.reconnect import reconnect_delay_ms
from cinestream_stream_api.stream.scheduler import Scheduler
from cinestream_stream_api.stream.subscriber import Subscriber

_PROBES = (0, 0.1, 1)
"""Seconds after which a client that sends nothing more is written to."""

log = get_logger("stream")


class Connection:
    """A listener of the scheduler that writes a subscriber's bytes to a client.

    Args:
        subscriber: gives the next bytes. It may begin as an opening, until the start of the stream is known.
        writer: takes the bytes. The head of the response has been sent already.
        send: the ASGI connection, which ends the response.
        scheduler: pushes this connection.
        deliveries: counts the writes.
        settings: the time limits and the reconnection delay.
    """

    __slots__ = (
        "_busy",
        "_deliveries",
        "_end_reason",
        "_expires",
        "_paused_since",
        "_scheduler",
        "_send",
        "_settings",
        "_subscriber",
        "_task",
        "_was_paused",
        "_writer",
        "bytes_sent",
        "events_sent",
        "reason",
    )

    def __init__(
        self,
        subscriber: Subscriber | Opening,
        writer: ChunkWriter,
        send: Send,
        *,
        scheduler: Scheduler,
        deliveries: DeliveryCounter,
        settings: StreamSettings,
    ) -> None:
        self.reason = "client"
        self.events_sent = self.bytes_sent = 0
        self._subscriber = subscriber
        self._writer = writer
        self._send = send
        self._scheduler = scheduler
        self._deliveries = deliveries
        self._settings = settings
        self._task: asyncio.Task[None] | None = None
        # True if the writer was paused at any time since the ring last had this client's next event. The pause may be
        # over when the ring has passed the client, so `_paused_since` does not show whether the client was too slow.
        self._was_paused = False
        self._busy = False  # paused, owned by a task, or ended: not to be pushed
        self._paused_since: float | None = None
        self._end_reason: str | None = None
        self._expires = _expiry(settings.stream_max_lifetime)
        writer.attach(self)
        if isinstance(subscriber, Subscriber):
            subscriber.attach(self)

    @property
    def live(self) -> bool:
        """True once the client has caught up."""
        return self._subscriber.live

    @property
    def reached(self) -> int:
        """The sequence up to which everything has been written to the client."""
        return self._subscriber.reached

    def facts(self) -> StreamFacts:
        """Return the state of the stream for operators."""
        subscriber, view = self._subscriber, self._subscriber.view
        if self._end_reason is not None or self.reason != "client":
            state: State = "ending"
        elif self._paused_since is not None:
            state = "paused"
        else:
            state = "live" if subscriber.live else "catching-up"
        return StreamFacts(
            filter_text(view.filter),
            str(subscriber.position),
            subscriber.lag_events,
            state,
            self.events_sent,
            self.bytes_sent,
        )

    def tick(self, now: float) -> None:
        """Disconnect a client that does not read. End a stream that has reached its lifetime. Write a heartbeat."""
        if self._paused_since is not None and self._paused_since < now - self._settings.stream_send_timeout:
            self.drop("send_timeout")
        if now > self._expires and self._end_reason is None:
            self.end("lifetime")
        if not self._busy and (heartbeat := self._subscriber.heartbeat()):
            self._write(heartbeat)

    def end(self, reason: str) -> None:
        """Let the stream end at its next push, with closing frames. That push comes in the next turn."""
        self._end_reason = reason
        self._scheduler.schedule(self)

    def drop(self, reason: str) -> None:
        """Cut the connection immediately."""
        self.reason = reason
        self._writer.abort()

    def push(self) -> bool:
        """Write the next bytes unless the connection is busy. Return True if there may be more already."""
        if self._busy:
            return False
        try:
            return self._push()
        except Exception:
            self._fail()
            return False

    def resumed(self) -> None:
        """Push a client that reads again."""
        self._paused_since = None
        # A task that reads history waits for the writer itself.
        if self._task is None:
            self._busy = False
            self._scheduler.schedule(self)

    def half_closed(self) -> None:
        """Write to a client that sends nothing more, to find out whether it still reads.

        A closed client answers with a reset, which fails the next write. A client behind a proxy needs one more.
        """
        for delay in _PROBES:
            asyncio.get_running_loop().call_later(delay, self._probe)

    def _probe(self) -> None:
        if not self._busy:
            self._write(self._subscriber.probe())

    def close(self) -> None:
        """Stop all work, because the client has gone or the stream has ended."""
        self._busy = True
        self._paused_since = None
        self._writer.detach()
        if isinstance(self._subscriber, Subscriber):
            self._subscriber.detach()
        if self._task is not None:
            self._task.cancel()

    def _push(self) -> bool:
        chunks = self._subscriber.next_chunks()
        if self._end_reason is not None:
            if chunks:  # other clients have these events already, because their turn came before the end
                self._write(chunks)
            self._end(self._end_reason)
            return False
        if chunks is None:
            # The ring has passed this client. A client that had stopped reading is too slow. One that kept reading
            # is not at fault: a burst was larger than the ring, and history has the rest.
            if self.live and self._was_paused:
                self._end("slow")
            else:
                # A read waits for NATS, and a push must not wait, because one loop pushes all clients.
                self._start(self._read_history())
            return False
        self._was_paused = False
        if not chunks:
            return False
        self._write(chunks)
        return not self._busy and self._subscriber.behind

    def _write(self, chunks: bytes) -> None:
        self._writer.write(chunks)
        size, events = len(chunks), self._subscriber.events_taken
        self._deliveries.count(events - self.events_sent, size)
        self.events_sent = events
        self.bytes_sent += size
        # A paused writer still accepts bytes, and keeps them in memory. So a client that does not read gets no further
        # push. It keeps only its position, until the writer resumes or `tick` drops it.
        if self._writer.paused:
            self._busy = self._was_paused = True
            self._paused_since = asyncio.get_running_loop().time()

    def count_bytes(self, size: int) -> None:
        """Count bytes that were not written by a push: the first or the closing block."""
        self._deliveries.count(0, size)
        self.bytes_sent += size

    def _end(self, reason: str) -> None:
        self.reason = reason
        self._start(self._send_closing_frames())

    def _start(self, work: Coroutine[None, None, None]) -> None:
        self._busy = True  # a push beside the task would write events out of order
        self._task = asyncio.create_task(work)

    async def _read_history(self) -> None:
        """Write pages of history until the ring holds the next event."""
        try:
            while self._subscriber.needs_history and self._end_reason is None:
                chunks = await self._subscriber.read_history()
                self._finish_opening()
                if chunks := chunks + self._subscriber.heartbeat():
                    self._write(chunks)
                    await self._writer.drain()
        except Exception:
            self._fail()
        else:
            self._task = None
            self._busy = False
            self._scheduler.schedule(self)

    def _finish_opening(self) -> None:
        """Continue with the subscriber once the start of the stream is known."""
        if isinstance(self._subscriber, Opening) and self._subscriber.subscriber:
            self._subscriber = self._subscriber.subscriber
            self._subscriber.attach(self)

    async def _send_closing_frames(self) -> None:
        body = self._subscriber.closing_frames(reconnect_delay_ms(self._settings.stream_retry_ms, spread=2))
        self.count_bytes(len(body))
        await self._send({"type": "http.response.body", "body": body, "more_body": False})

    def _fail(self) -> None:
        """Log an unexpected error and end only this stream."""
        log.exception("connection.failed")
        self._busy = True
        self.drop("failed")


def _expiry(lifetime: float) -> float:
    """Return the event loop's time after which a stream ends.

    It is up to a tenth of the lifetime early, at random, so that clients that came together do not all return
    together.
    """
    if not lifetime:
        return float("inf")
    return asyncio.get_running_loop().time() + lifetime * (1 - random.random() / 10)  # noqa: S311 - nothing secret
