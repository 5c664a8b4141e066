"""`StreamResponse`: sse-starlette's response, without what costs too much with thousands of clients."""

from collections.abc import AsyncIterator
from typing import NamedTuple

from sse_starlette.sse import EventSourceResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from cinestream_stream_api.events.frames import Wire
from cinestream_stream_api.stream.chunk_writer import outlet_of
from cinestream_stream_api.stream.connection import Connection
from cinestream_stream_api.stream.hub import Hub
from cinestream_stream_api.stream.subscriber import Subscriber

NDJSON = "application/x-ndjson"
SSE = "text/event-stream"


_OPENED = "cinestream.opened"


class Streams:
    """Middleware around all others: a stream that a route has opened goes on here, when the route has returned.

    What wraps a route (the frames of the middleware, exit stacks, the request) is several KB for each connection,
    and a stream stays open for hours.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, then stay with the stream, if it was one."""
        opened: list[_Opened] = []
        # A copy, so that what the routes keep in it goes with it.
        await self._app({**scope, _OPENED: opened}, receive, send)
        if opened:
            await opened.pop().go_on(scope, receive, send)


class StreamResponse(EventSourceResponse):
    """Opens a stream; `Streams` waits for the client to go, while the hub drives its connection.

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
        """Send the head and the first block."""
        if self._place is None:
            await super().__call__(scope, receive, send)
            return
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            await send({"type": "http.response.body", "body": self._subscriber.first_block(), "more_body": True})
        except BaseException:
            self._hub.places.give_back(self._place)
            raise
        scope[_OPENED].append(_Opened(self._hub, self._subscriber, self._place))


class _Opened(NamedTuple):
    """A stream whose first block is sent. It holds a place, which it gives back at the end."""

    hub: Hub
    subscriber: Subscriber
    place: str

    async def go_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream until the subscriber ends or the client goes."""
        connection = Connection(self.hub, self.subscriber, outlet_of(scope), send)
        try:
            with self.hub.listening(connection):
                self.hub.go_on(connection)
                # Also what the server says once the stream has ended.
                while (await receive())["type"] != "http.disconnect":
                    pass
        finally:
            connection.close()
            self.hub.places.give_back(self.place)
            self.hub.metrics.disconnects.labels(connection.reason).inc()


async def _nothing() -> AsyncIterator[bytes]:
    """What sse-starlette is given: the bytes are written by `Connection`."""
    return
    yield b""
