"""`GET /api/movies/stream` gives the films as they arrive. A client can resume it."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from cinestream_stream_api.events import frames
from cinestream_stream_api.events.event import view_of
from cinestream_stream_api.events.filters import Filter
from cinestream_stream_api.events.frames import Wire
from cinestream_stream_api.events.request import StreamRequest
from cinestream_stream_api.http.accept import negotiate
from cinestream_stream_api.http.client_address import address_of
from cinestream_stream_api.http.filters import filter_of
from cinestream_stream_api.http.problems import documented, not_acceptable, too_many, unavailable
from cinestream_stream_api.http.stream_request import stream_request
from cinestream_stream_api.settings import StreamSettings
from cinestream_stream_api.stream.open_stream import Client, start_text
from cinestream_stream_api.stream.reconnect import reconnect_delay_ms
from cinestream_stream_api.stream.response import NDJSON, SSE, STREAM_HEADERS, OpenedStream, StreamHead, StreamResponse
from cinestream_stream_api.stream.server import NothingLeft, StreamRefused, StreamServer

STREAM = "/api/movies/stream"

_EXAMPLE = """retry: 2000
id: mwpz3sdn-41
event: position
data: {}

id: mwpz3sdn-42
event: movie
data: {"id":"tt0111161","title":"The Shawshank Redemption",…}
"""
_NAME = {
    "enum": [
        frames.MOVIE,
        frames.REMOVED,
        frames.POSITION,
        frames.LIVE,
        frames.GAP,
        frames.NOTICE,
        frames.HEARTBEAT,
        frames.BUSY,
    ]
}
_SSE_EVENT = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        # The specification's name of an event without a name. Films have none with `?event=message`.
        "event": {"enum": [*_NAME["enum"], "message"]},
        "data": {"type": "string", "contentMediaType": "application/json", "description": "See /asyncapi.json"},
        "retry": {"type": "integer"},
    },
}
_NDJSON_EVENT = {
    "type": "object",
    "properties": {"id": {"type": "string"}, "event": _NAME, "data": {"type": "object"}},
    "required": ["id", "event", "data"],
}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The stream. It has no end of its own without `until`.",
        "content": {
            # As FastAPI describes streams: `itemSchema` is one event, `schema` would be the endless body.
            SSE: {"itemSchema": _SSE_EVENT, "example": _EXAMPLE},
            NDJSON: {"itemSchema": _NDJSON_EVENT, "example": '{"id":"mwpz3sdn-42","event":"movie","data":{…}}\n'},
        },
    },
    204: {
        "description": "Nothing is left before `until` after the id that the client came back with. "
        "This status stops an `EventSource`"
    },
    **documented(400, 406, 429, 503),
}
_DESCRIPTION = """
Server-Sent Events: `movie` for each film, `removed` for a film that was taken down, and `position`, `live`, `gap`,
`notice`, `heartbeat` and `busy` about the stream itself.

Without an id the stream is live only. It resumes after `Last-Event-ID`, else `last_event_id`, else `since`, else
`replay`. Events come in order, without gaps or repetitions, as long as history holds them. An `event: gap` reports
events that history no longer holds, and an id that the stream did not give out. A browser's `EventSource` sends the id
by itself when it reconnects.

With `until` the stream ends with a `position`. A client that comes back with its id and has nothing left gets a 204.

With `Accept: application/x-ndjson` each event is a line of JSON instead. If both are accepted alike, you get SSE.
"""


def stream_router(streams: StreamServer, settings: StreamSettings) -> APIRouter:
    """Return the route of the stream."""
    router = APIRouter()

    @router.head(STREAM, include_in_schema=False)
    @router.get(
        STREAM,
        response_class=Response,
        responses=_RESPONSES,
        summary="The films as they arrive",
        description=_DESCRIPTION,
    )
    async def stream(
        request: Request,
        asked: Annotated[StreamRequest, Depends(stream_request)],
        filter: Annotated[Filter, Depends(filter_of)],
        event: Annotated[
            Literal["movie", "message"],
            Query(description="`message` sends films without an event name, for `onmessage`"),
        ] = "movie",
    ) -> Response:
        wire = wire_of(",".join(request.headers.getlist("accept")), event)
        if wire is None:
            return _negotiated(not_acceptable((SSE, NDJSON)))
        view = view_of(wire, filter)
        if request.method == "HEAD" and asked.until is None:
            return StreamHead(view.wire)
        address = address_of(request, settings.stream_trusted_proxies)
        try:
            subscriber, first_block = await streams.open(asked, view, address)
        except StreamRefused as refused:
            return _negotiated(_refusal(wire, refused.reason, settings.stream_retry_ms))
        except NothingLeft:
            return _negotiated(Response(status_code=204))
        if request.method == "HEAD":
            streams.release(address)
            return StreamHead(view.wire)
        client = Client(address, start_text(asked.start))
        return StreamResponse(view.wire, OpenedStream(streams, subscriber, client), first_block)

    return router


def wire_of(accept: str, event: str) -> Wire | None:
    """Return the format that a client accepts, SSE if it accepts both alike, or None."""
    media_type = negotiate(accept, (SSE, NDJSON))
    if media_type is None:
        return None
    return Wire.NDJSON if media_type == NDJSON else Wire(event)


def _refusal(wire: Wire, reason: str, retry_ms: int) -> Response:
    if wire is not Wire.NDJSON:
        return Response(frames.busy(reconnect_delay_ms(retry_ms, spread=4)), media_type=SSE)
    if reason == "address":
        return too_many()
    return unavailable(f"the stream cannot be opened now ({reason})")


def _negotiated(response: Response) -> Response:
    """Return a response that is sent in place of a stream with the headers of a stream."""
    response.headers.update(STREAM_HEADERS)
    return response
