"""`StreamResponse`: sse-starlette's response, without what costs too much with thousands of clients."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import anyio
from sse_starlette.sse import EventSourceResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from cinestream_stream_api.connection import Connection
from cinestream_stream_api.frames import Wire
from cinestream_stream_api.hub import Hub
from cinestream_stream_api.subscriber import Subscriber

ABORT = "cinestream.abort"
"""ASGI extension: a function that cuts the connection without waiting for what is not written yet."""

SERVER_SEND = "cinestream.send"
"""Key of a scope: the server's own `send`, below everything that wraps it on the way to a route."""

NDJSON = "application/x-ndjson"
SSE = "text/event-stream"


class AbortableProtocol(HttpToolsProtocol):
    """uvicorn's protocol, with the extension `ABORT`: its own close waits for a client that does not read."""

    def on_message_begin(self) -> None:
        """Offer the extension with every request."""
        super().on_message_begin()
        self.scope["extensions"] = {ABORT: {"abort": self.transport.abort}}


class DirectSend:
    """Middleware that lets a stream reach the server's `send` directly, since every wrapper costs at every write."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Remember `send`."""
        scope[SERVER_SEND] = send
        await self._app(scope, receive, send)


class StreamResponse(EventSourceResponse):
    """Waits for the client to go, while the hub drives its connection; then gives its place back.

    Headers, HEAD and the ASGI contract are sse-starlette's. Heartbeats, the time limit of a write and the end
    at shutdown are the hub's, because a task and a timer per client for each of them is most of the cost.
    """

    def __init__(self, hub: Hub, subscriber: Subscriber, wire: Wire, place: str | None) -> None:
        super().__init__(
            content=_nothing(),
            media_type=NDJSON if wire is Wire.NDJSON else SSE,
            headers={"Vary": "Accept", "X-Content-Type-Options": "nosniff"},
            ping=0,
        )
        self._hub = hub
        self._subscriber = subscriber
        self._place = place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream until the subscriber ends or the client goes."""
        if scope["method"] == "HEAD":
            await super().__call__(scope, receive, send)
            return
        try:
            await self._serve(scope, receive, send)
        finally:
            if self._place is not None:
                self._hub.places.give_back(self._place)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        with anyio.CancelScope() as waiting:
            connection = Connection(
                self._hub, self._subscriber, scope.get(SERVER_SEND, send), _cutter(scope, waiting.cancel)
            )
            with self._hub.listening(connection):
                connection.begin()
                try:
                    # Also what the server says once the stream has ended.
                    while (await receive())["type"] != "http.disconnect":
                        pass
                finally:
                    connection.close()
        self._hub.metrics.disconnects.labels(connection.reason).inc()


async def _nothing() -> AsyncIterator[bytes]:
    """What sse-starlette is given: the bytes are written by `Connection`."""
    return
    yield b""


def _cutter(scope: Scope, cancel: Callable[[], None]) -> Callable[[], None]:
    """How to end this connection: abort it where the server can, which disconnects; else cancel the response."""
    extension: dict[str, Any] = (scope.get("extensions") or {}).get(ABORT, {})
    abort: Callable[[], None] = extension.get("abort", cancel)
    return abort
