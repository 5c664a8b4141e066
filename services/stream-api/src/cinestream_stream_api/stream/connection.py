"""`Connection`: one client's bytes, driven by the hub.

With thousands of clients and few events, waking a task for each of them is most of the cost. So the hub
writes to all of them in one loop, and a task exists only while a client reads history, or to end a stream.
"""

import asyncio
import random
from collections.abc import Coroutine

import structlog
from starlette.types import Send

from cinestream_stream_api.stream.chunk_writer import Outlet
from cinestream_stream_api.stream.hub import Hub
from cinestream_stream_api.stream.subscriber import Subscriber

log = structlog.get_logger("stream")


class Connection:
    """A listener of the hub: `push` writes what is new, without waiting.

    Args:
        hub: what drives it.
        subscriber: says which bytes come next.
        outlet: where they go; the head of the response is already sent.
        send: the ASGI connection, to end the response.
    """

    __slots__ = (
        "_busy",
        "_expires",
        "_hub",
        "_outlet",
        "_over",
        "_send",
        "_since",
        "_task",
        "_was_paused",
        "reason",
        "subscriber",
    )

    def __init__(self, hub: Hub, subscriber: Subscriber, outlet: Outlet, send: Send) -> None:
        self.subscriber = subscriber
        self.reason = "client"
        self._hub = hub
        self._outlet = outlet
        self._send = send
        self._task: asyncio.Task[None] | None = None
        self._was_paused = False  # since the ring was last found to go on from here
        self._busy = False  # paused, in the hands of a task, or ended
        self._since: float | None = None
        self._over = False
        self._expires = _expiry(hub.settings.stream_max_lifetime)
        outlet.resumed = self._resumed

    @property
    def live(self) -> bool:
        """Whether the client has seen everything there is, at least once."""
        return self.subscriber.live

    @property
    def reached(self) -> int:
        """The sequence up to which the client was written everything."""
        return self.subscriber.reached

    def look(self, now: float) -> None:
        """Disconnect a client that does not read; let a stream end that has lived long enough."""
        if self._since is not None and self._since < now - self._hub.settings.stream_send_timeout:
            self.drop("send_timeout")
        self._over = now > self._expires

    def drop(self, reason: str) -> None:
        """Cut the connection."""
        self.reason = reason
        self._outlet.abort()

    def push(self) -> bool:
        """Write the next bytes, if the connection is free for them; whether there may be more already."""
        if self._busy:
            return False
        try:
            return self._push()
        except Exception:
            self._fail()
            return False

    def close(self) -> None:
        """Leave nothing running: the client has gone, or the stream has ended."""
        self._busy = True
        self._outlet.resumed = None
        if self._task is not None:
            self._task.cancel()

    def _push(self) -> bool:
        chunks = self.subscriber.next_chunks()
        if self._is_over:
            if chunks:  # what others were already written, whose turn was sooner
                self._write(chunks)
            self._end("shutdown" if self._hub.ending else "lifetime")
            return False
        if chunks is None:
            # Past one who was not kept waiting, a burst went that is larger than the ring.
            if self.live and self._was_paused:
                self._end("slow")
            else:
                self._start(self._read_history())
            return False
        self._was_paused = False
        chunks = chunks or self.subscriber.sign_of_life()
        if not chunks:
            return False
        self._write(chunks)
        return not self._busy and self.subscriber.behind

    @property
    def _is_over(self) -> bool:
        return self._over or self._hub.ending

    def _write(self, chunks: bytes) -> None:
        self._outlet.write(chunks)
        self._hub.count(self.subscriber.told(), len(chunks))
        if self._outlet.paused:
            self._busy = self._was_paused = True
            self._since = asyncio.get_running_loop().time()

    def _resumed(self) -> None:
        self._since = None
        if self._task is None:
            self._busy = False
            self._hub.go_on(self)

    def _end(self, reason: str) -> None:
        self.reason = reason
        self._start(self._say_farewell())

    def _start(self, work: Coroutine[None, None, None]) -> None:
        self._busy = True
        self._task = asyncio.create_task(work)

    async def _read_history(self) -> None:
        """Write pages of history, until the ring goes on from there."""
        try:
            while self.subscriber.needs_history and not self._is_over:
                if chunks := await self.subscriber.from_history():
                    self._write(chunks)
                    await self._outlet.drain()
        except Exception:
            self._fail()
        else:
            self._task = None
            self._busy = False
            self._hub.go_on(self)

    async def _say_farewell(self) -> None:
        await self._send({"type": "http.response.body", "body": self.subscriber.farewell(), "more_body": False})

    def _fail(self) -> None:
        """A mistake of ours must neither go unseen nor end the other streams."""
        log.exception("connection.failed")
        self._busy = True
        self.drop("failed")


def _expiry(lifetime: float) -> float:
    """Loop time after which a stream is over; up to a tenth sooner, so that clients don't return all together."""
    if not lifetime:
        return float("inf")
    return asyncio.get_running_loop().time() + lifetime * (1 - random.random() / 10)  # noqa: S311 - nothing secret
