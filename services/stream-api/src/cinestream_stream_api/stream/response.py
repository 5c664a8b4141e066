"""The HTTP response of a stream, and the middleware that runs the stream after its route has returned."""

from collections.abc import AsyncIterator, Awaitable
from typing import NamedTuple

from sse_starlette.sse import EventSourceResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from cinestream_stream_api.events.frames import Wire
from cinestream_stream_api.stream.chunk_writer import chunk_writer_of
from cinestream_stream_api.stream.open_stream import Client
from cinestream_stream_api.stream.opening import Opening
from cinestream_stream_api.stream.server import StreamServer
from cinestream_stream_api.stream.subscriber import Subscriber

NDJSON = "application/x-ndjson"
SSE = "text/event-stream"

STREAM_HEADERS = {"Cache-Control": "no-store, no-transform", "Vary": "Accept"}
"""Headers of streams and of their refusals. A proxy that compressed a stream would keep its events back."""

_OPENED = "cinestream.opened"
"""Key in the ASGI scope of a list, in which a route leaves the stream that it has opened."""


class StreamMiddleware:
    """The outermost middleware, which runs a stream after its route has returned.

    The frames around a route (middleware, exit stacks, the request) take several KB per connection, and a stream
    stays open for hours. So the route only opens the stream, and its frames are gone while the stream runs.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle the request, then run the stream that it opened, if any."""
        opened: list[OpenedStream] = []
        # The routes get a copy of the scope: what they keep in it is freed when they return.
        await self._app({**scope, _OPENED: opened}, receive, send)
        if opened:
            await opened.pop().run(scope, receive, send)


class StreamHead(EventSourceResponse):
    """The headers of a stream, without a body: the response to HEAD."""

    def __init__(self, wire: Wire) -> None:
        super().__init__(
            content=_no_content(),
            media_type=NDJSON if wire is Wire.NDJSON else SSE,
            headers=STREAM_HEADERS,
            ping=0,
        )
        # The server sends this header where the protocol needs it.
        del self.headers["connection"]


class OpenedStream(NamedTuple):
    """An admitted client. It counts against the limits of its address until its stream ends."""

    server: StreamServer
    subscriber: Subscriber | Opening
    client: Client

    def run(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Stream until the end."""
        # No coroutine of its own: its frame would stay as long as the stream.
        writer = chunk_writer_of(scope)
        return self.server.run(self.subscriber, self.client, writer=writer, receive=receive, send=send)


class StreamResponse(StreamHead):
    """The start of a stream: headers and first block.

    Headers and the ASGI contract are sse-starlette's. Its heartbeats, send timeout and shutdown take a task and a
    timer per client, which would be most of the cost. The scheduler does these for all clients.
    """

    def __init__(self, wire: Wire, opened: OpenedStream, first_block: bytes) -> None:
        super().__init__(wire)
        self._opened = opened
        self._first_block = first_block

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send headers and first block, and hand the stream over to `StreamMiddleware`."""
        server, _, client = self._opened
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            await send({"type": "http.response.body", "body": self._first_block, "more_body": True})
        except BaseException:
            server.release(client.address)
            raise
        client.first_bytes = len(self._first_block)
        scope[_OPENED].append(self._opened)


async def _no_content() -> AsyncIterator[bytes]:
    """Yield nothing: `Connection` writes the body."""
    return
    yield b""
