"""`GET /api/movies/stream`: the films as they come, resumable."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Query, Request, Response

from cinestream.contracts import Transient
from cinestream_stream_api.events import frames
from cinestream_stream_api.events.event import view_of
from cinestream_stream_api.events.filters import EVERYTHING, Filter, values
from cinestream_stream_api.events.frames import Wire
from cinestream_stream_api.events.position import POSITION_PATTERN
from cinestream_stream_api.events.resume import Live, Start, start_of
from cinestream_stream_api.http.problems import documented, too_many, unavailable
from cinestream_stream_api.stream.connection_limiter import address_of
from cinestream_stream_api.stream.hub import Hub
from cinestream_stream_api.stream.response import NDJSON, SSE, StreamResponse
from cinestream_stream_api.stream.start_position import open_at
from cinestream_stream_api.stream.subscriber import Subscriber

STREAM = "/api/movies/stream"

Several = Annotated[list[str] | None, Query(max_length=100)]

_EXAMPLE = """retry: 2000
id: mwpz3sdn-41
event: position
data: {}

id: mwpz3sdn-42
event: movie
data: {"id":"tt0111161","title":"The Shawshank Redemption",…}
"""
_NAME = {"enum": [frames.MOVIE, frames.REMOVED, frames.POSITION, frames.LIVE, frames.GAP, frames.BUSY]}
_SSE_EVENT = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        # What the specification calls an event without a name, as films are with `?event=message`.
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
        "description": "The stream. It does not end, unless the service does.",
        "content": {
            # As FastAPI describes streams: `itemSchema` is an event, `schema` would be the endless whole.
            SSE: {"itemSchema": _SSE_EVENT, "example": _EXAMPLE},
            NDJSON: {"itemSchema": _NDJSON_EVENT, "example": '{"id":"mwpz3sdn-42","event":"movie","data":{…}}\n'},
        },
    },
    **documented(400, 429, 503),
}
_DESCRIPTION = """
Server-Sent Events: `movie` for every film, `removed` for one that was taken down, and `position`, `live`, `gap`,
`busy` about the stream itself.

Without an id the stream is live only. It resumes after `Last-Event-ID`, else `last_event_id`, else `since`,
else `replay`: in order, without a gap or a repetition, as long as history holds it; what it no longer holds is
said by `event: gap`. A browser's `EventSource` does this by itself when it reconnects.

With `Accept: application/x-ndjson` every event is a line of JSON instead.
"""


def filter_of(
    genre: Several = None,
    director: Several = None,
    decade: Several = None,
    tone: Several = None,
    id: Several = None,
    min_rating: Annotated[float | None, Query(ge=0, le=10, allow_inf_nan=False)] = None,
) -> Filter:
    """The filter that a query asks for: the same parameter repeated means or, different ones mean and."""
    asked = Filter(values(genre), values(director), values(decade), values(tone), values(id), min_rating)
    return EVERYTHING if asked == EVERYTHING else asked


def start_asked(
    last_event_id: Annotated[
        str | None,
        Query(
            description="Resume after this id; `earliest`: everything",
            examples=["mwpz3sdn-42"],
            json_schema_extra={"pattern": f"^({POSITION_PATTERN}|earliest)?$"},
        ),
    ] = None,
    since: Annotated[
        str | None,
        Query(
            description="ISO 8601 time; films stored since",
            examples=["2026-11-21T08:00:00Z"],
            json_schema_extra={"format": "date-time"},
        ),
    ] = None,
    replay: Annotated[int | None, Query(ge=0, le=10_000, description="The last so many films that match")] = None,
    header: Annotated[str | None, Header(alias="Last-Event-ID", description="Resume after this id")] = None,
    polyfill: Annotated[
        str | None,
        Query(
            alias="lastEventId",
            description="The header's value, from an `EventSource` polyfill that cannot send headers",
        ),
    ] = None,
) -> Start:
    """Where the stream shall start."""
    return start_of(header or polyfill, last_event_id, since, replay)


def stream_router(hub: Hub) -> APIRouter:
    """The route of the stream."""
    router = APIRouter()

    @router.head(STREAM, include_in_schema=False)
    @router.get(
        STREAM,
        response_class=Response,
        responses=_RESPONSES,
        summary="The films as they come",
        description=_DESCRIPTION,
    )
    async def stream(
        request: Request,
        start: Annotated[Start, Depends(start_asked)],
        filter: Annotated[Filter, Depends(filter_of)],
        event: Annotated[
            Literal["movie", "message"], Query(description="`message`: films without an event name, for `onmessage`")
        ] = "movie",
    ) -> Response:
        accept = request.headers.get("accept", "")
        view = view_of(wire_of(accept, event), filter)
        if request.method == "HEAD":
            return StreamResponse(hub, Subscriber(hub, view, await open_at(Live(), view, hub)), view.wire, None)
        address = _address(request, hub)
        if refusal := "shutdown" if hub.ending else hub.places.take(address):
            return _refuse(hub, accept, refusal)
        try:
            opening = await open_at(start, view, hub)
        except BaseException as error:
            hub.places.give_back(address)
            if not isinstance(error, Transient):
                raise
            hub.tail.doubt()
            return _refuse(hub, accept, "unavailable")
        return StreamResponse(hub, Subscriber(hub, view, opening), view.wire, address)

    return router


def wire_of(accept: str, event: str) -> Wire:
    """The form that a client asks for: NDJSON only when it says so."""
    if NDJSON in accept and SSE not in accept:
        return Wire.NDJSON
    return Wire(event)


def _address(request: Request, hub: Hub) -> str:
    peer = request.client.host if request.client else ""
    return address_of(peer, request.headers.getlist("x-forwarded-for"), hub.settings.stream_trusted_proxies)


def _refuse(hub: Hub, accept: str, reason: str) -> Response:
    hub.metrics.refused.labels(reason).inc()
    if SSE in accept:
        body = frames.busy(hub.retry_ms(spread=4))
        return Response(body, media_type=SSE, headers={"Cache-Control": "no-store"})
    if reason == "address":
        return too_many()
    return unavailable(f"no stream can be opened now ({reason})")
