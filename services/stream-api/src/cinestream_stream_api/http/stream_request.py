"""The parameters of a stream that say where it starts and how it goes on."""

from typing import Annotated, Literal

from fastapi import Depends, Header, Query, Request

from cinestream_stream_api.events.gap import OnGap
from cinestream_stream_api.events.position import POSITION_PATTERN
from cinestream_stream_api.events.request import StreamRequest
from cinestream_stream_api.events.resume import StartRequest, parse_start
from cinestream_stream_api.events.until import parse_until

_HEADER = "Last-Event-ID"
_OPTIONAL_WHITE_SPACE = " \t"
"""OWS of RFC 9110, 5.6.3, which may surround the value of a field."""


async def start_request(
    request: Request,
    last_event_id: Annotated[
        str | None,
        Query(
            description="Resume after this id. `earliest` gives everything",
            examples=["mwpz3sdn-42"],
            json_schema_extra={"pattern": f"^({POSITION_PATTERN}|earliest)?$"},
        ),
    ] = None,
    since: Annotated[
        str | None,
        Query(
            description="Films stored since this time: RFC 3339, or seconds since 1970",
            examples=["2026-11-21T08:00:00Z", "1795248000"],
            json_schema_extra={"format": "date-time"},
        ),
    ] = None,
    replay: Annotated[int | None, Query(ge=0, le=10_000, description="The number of last films that match")] = None,
    _: Annotated[str | None, Header(alias=_HEADER, description="Resume after this id")] = None,
    polyfill: Annotated[
        str | None,
        Query(
            alias="lastEventId",
            description="The value of the header, for an `EventSource` polyfill that cannot send headers",
        ),
    ] = None,
) -> StartRequest:
    """Return the requested start of a stream."""
    header = header_id(request.headers.getlist(_HEADER))
    return parse_start(header or polyfill, last_event_id, since, replay)


async def stream_request(
    start: Annotated[StartRequest, Depends(start_request)],
    on_gap: Annotated[
        OnGap | None,
        Query(
            description="The place from which the stream continues after a gap: `live`, or the first event in "
            "`history`. By default `live` if the id is no id at all, else `history`"
        ),
    ] = None,
    until: Annotated[
        str | None,
        Query(
            description="The end of the stream: `live` for what is stored now, the id of the last event, or a time",
            examples=["live", "2026-11-21T08:00:00Z"],
            # Ids are left out: only those of the current stream are accepted, which a schema cannot say.
            json_schema_extra={"anyOf": [{"const": "live"}, {"type": "string", "format": "date-time"}]},
        ),
    ] = None,
    distinct: Annotated[
        bool,
        Query(description="While the stream catches up, send only the newest version of each film"),
    ] = False,
    heartbeat: Annotated[
        Literal["event", "comment"],
        Query(description="`event` sends `event: heartbeat` in a fixed interval, for clients that see no comments"),
    ] = "comment",
    heartbeat_seconds: Annotated[
        int | None, Query(ge=5, le=60, description="The heartbeat interval. By default that of the service")
    ] = None,
) -> StreamRequest:
    """Return the request for a stream."""
    return StreamRequest(start, on_gap, distinct, parse_until(until), heartbeat == "event", heartbeat_seconds)


def header_id(fields: list[str]) -> str:
    """Return the value of `Last-Event-ID` as the client sent it, or an empty text.

    The bytes of a header arrive decoded as Latin-1, and browsers send UTF-8. Several different values are joined as
    RFC 9110, 5.3 does, which makes a malformed id.
    """
    values = dict.fromkeys(value for field in fields if (value := field.strip(_OPTIONAL_WHITE_SPACE)))
    text = ", ".join(values)
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text
