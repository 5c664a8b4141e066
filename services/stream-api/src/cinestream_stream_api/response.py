"""`StreamResponse`: sse-starlette's response, without what costs too much with thousands of clients."""

from collections.abc import AsyncIterator

from sse_starlette.sse import EventSourceResponse
from starlette.types import Receive, Scope, Send

from cinestream_stream_api.connection import Connection
from cinestream_stream_api.frames import Wire
from cinestream_stream_api.hub import Hub
from cinestream_stream_api.outlet import outlet_of
from cinestream_stream_api.subscriber import Subscriber

NDJSON = "application/x-ndjson"
SSE = "text/event-stream"


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
        await send({"type": "http.response.body", "body": self._subscriber.first_block(), "more_body": True})
        connection = Connection(self._hub, self._subscriber, outlet_of(scope), send)
        with self._hub.listening(connection):
            self._hub.go_on(connection)
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
