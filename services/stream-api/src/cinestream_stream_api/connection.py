"""`Connection`: one client's bytes, driven by the hub.

With thousands of clients and few events, waking a task for each of them is most of the cost. An ASGI
`send()` ends without waiting for anything, unless flow control has paused the connection. So the hub steps
it by hand, and a task exists only while a client reads history or does not keep up.
"""

import asyncio
import random
from collections.abc import Callable, Coroutine, Generator
from typing import Any

import structlog
from starlette.types import Message, Send

from cinestream_stream_api.hub import Hub
from cinestream_stream_api.subscriber import Subscriber

log = structlog.get_logger("stream")


class Rest:
    """What is left of a coroutine that was stepped by hand until it waited for something; to be awaited once."""

    __slots__ = ("_awaited", "_coroutine")

    def __init__(self, coroutine: Coroutine[Any, Any, None], awaited: Any) -> None:
        self._coroutine = coroutine
        self._awaited = awaited

    def __await__(self) -> Generator[Any, Any, None]:
        awaited = self._awaited
        while True:
            sent, thrown = None, None
            try:
                sent = yield awaited
            except BaseException as error:
                thrown = error
            try:
                awaited = self._coroutine.send(sent) if thrown is None else self._coroutine.throw(thrown)
            except StopIteration:
                return


def step(coroutine: Coroutine[Any, Any, None]) -> Rest | None:
    """Run a coroutine up to where it first waits; None when it ends before. It may raise what it likes."""
    try:
        awaited = coroutine.send(None)
    except StopIteration:
        return None
    return Rest(coroutine, awaited)


class Connection:
    """A listener of the hub: `push` writes what is new, without waiting.

    Args:
        hub: what drives it.
        subscriber: says which bytes come next.
        send: the ASGI connection, its head already sent.
        cut: ends the connection from outside, whatever it is waiting for.
    """

    __slots__ = ("_cut", "_ended", "_expires", "_hub", "_over", "_send", "_since", "_worker", "reason", "subscriber")

    def __init__(self, hub: Hub, subscriber: Subscriber, send: Send, cut: Callable[[], None]) -> None:
        self._hub = hub
        self.subscriber = subscriber
        self._send = send
        self._cut = cut
        self._worker: asyncio.Task[None] | None = None
        self._ended = False
        self._since: float | None = None
        self._over = False
        self._expires = _expiry(hub.settings.stream_max_lifetime)
        self.reason = "client"

    @property
    def live(self) -> bool:
        """Whether the client has seen everything there is, at least once."""
        return self.subscriber.live

    def look(self, now: float) -> None:
        """Disconnect a client that does not read; let a stream end that has lived long enough."""
        if self._since is not None and self._since < now - self._hub.settings.stream_send_timeout:
            self.drop("send_timeout")
        self._over = now > self._expires

    def drop(self, reason: str) -> None:
        """Cut the connection."""
        self.reason = reason
        self._cut()

    def begin(self) -> None:
        """Write the first block, then what there is already."""
        if self._write(self.subscriber.first_block()):
            if self.live:
                self.push()
            else:
                self._work_on(None)

    def push(self) -> bool:
        """Write the next bytes, if the connection is free for them; whether there may be more already."""
        if self._worker is not None or self._ended:
            return False
        try:
            return self._push()
        except Exception:
            self._fail()
            return False

    def close(self) -> None:
        """Leave nothing running: the client has gone, or the stream has ended."""
        self._ended = True
        if self._worker is not None:
            self._worker.cancel()

    def _push(self) -> bool:
        if over := self._what_ends_it():
            self._end(over)
            return False
        chunk = self.subscriber.next_chunk()
        if chunk is None:
            if self.live:
                self._end("slow")
            else:
                self._work_on(None)
            return False
        chunk = chunk or self.subscriber.sign_of_life()
        return bool(chunk) and self._write(chunk) and self.subscriber.behind

    def _what_ends_it(self) -> str | None:
        return "shutdown" if self._hub.ending else "lifetime" if self._over else None

    def _end(self, reason: str) -> None:
        self.reason = reason
        self._ended = True
        self._write(self.subscriber.farewell(), more=False)

    def _write(self, chunk: bytes, *, more: bool = True) -> bool:
        """Write a chunk in this very turn; False when a task has to finish it."""
        message: Message = {"type": "http.response.body", "body": chunk, "more_body": more}
        rest = step(self._send(message))  # type: ignore[arg-type]
        if rest is None:
            self._hub.count(self.subscriber.told(), len(chunk))
            return True
        self._since = asyncio.get_running_loop().time()
        self._work_on(rest, len(chunk))
        return False

    def _work_on(self, rest: Rest | None, size: int = 0) -> None:
        self._worker = asyncio.create_task(self._work(rest, size))

    async def _work(self, rest: Rest | None, size: int) -> None:
        """Finish a write, and go on until the client has caught up with the ring."""
        try:
            if rest is not None:
                await rest
                self._written(size)
            while not self._ended and (chunk := await self._next()) is not None:
                if chunk:
                    await self._send_waiting(chunk)
        except Exception:
            self._fail()
        finally:
            self._worker = None

    async def _next(self) -> bytes | None:
        """The next bytes, perhaps none yet; None when the hub can drive the connection again, or it has ended."""
        over = self._what_ends_it()
        chunk = None if over else self.subscriber.next_chunk()
        if chunk is not None:
            return chunk or None
        if over or self.live:
            self.reason = over or "slow"
            self._ended = True
            await self._send_waiting(self.subscriber.farewell(), more=False)
            return None
        return await self.subscriber.from_history()

    async def _send_waiting(self, chunk: bytes, *, more: bool = True) -> None:
        self._since = asyncio.get_running_loop().time()
        await self._send({"type": "http.response.body", "body": chunk, "more_body": more})
        self._written(len(chunk))

    def _written(self, size: int) -> None:
        self._since = None
        self._hub.count(self.subscriber.told(), size)

    def _fail(self) -> None:
        """A mistake of ours must neither go unseen nor end the other streams."""
        log.exception("connection.failed")
        self.reason = "failed"
        self._ended = True
        self._cut()


def _expiry(lifetime: float) -> float:
    """Loop time after which a stream is over; up to a tenth sooner, so that clients don't return all together."""
    if not lifetime:
        return float("inf")
    return asyncio.get_running_loop().time() + lifetime * (1 - random.random() / 10)  # noqa: S311 - nothing secret
