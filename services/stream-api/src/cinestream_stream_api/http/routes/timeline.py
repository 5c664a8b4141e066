"""`GET /api/timeline` gives the number of films and events over time."""

from functools import partial
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from cinestream_stream_api.catalogue.scan import Scan
from cinestream_stream_api.catalogue.shared_work import SharedWork
from cinestream_stream_api.catalogue.timeline import Timeline, time_range, timeline
from cinestream_stream_api.events.filters import Filter
from cinestream_stream_api.events.moment import from_milliseconds, to_milliseconds
from cinestream_stream_api.events.resume import BadQuery, parse_moment
from cinestream_stream_api.http.filters import filter_of
from cinestream_stream_api.http.openapi import example
from cinestream_stream_api.http.problems import documented, unavailable
from cinestream_stream_api.http.published_movie import Time
from cinestream_stream_api.http.routes.films import INDEX_MISSING, json_response

MAX_BUCKETS = 500

_TIME = {"format": "date-time"}
_FILMS = Annotated[int, Field(description="The number of films with a version in this time")]
_EVENTS = Annotated[int, Field(description="The number of versions of films in this time")]


class Bucket(BaseModel):
    """A part of the time range, from `start` to the start of the next one."""

    start: Annotated[Time, Field(examples=["2026-11-21T08:00:00.000Z"])]
    films: _FILMS
    events: _EVENTS


class TimelineAnswer(BaseModel):
    """The number of films and of events over time, as of a position of the stream.

    The range is from `since` to before `until`. Without events and without a range in the query, both are null.
    """

    __qualname__ = "Timeline"

    last_event_id: Annotated[str, Field(examples=["mwpz3sdn-42"])]
    since: Time | None
    until: Time | None
    films: _FILMS
    events: _EVENTS
    buckets: list[Bucket]


_EXAMPLE = {
    "last_event_id": "mwpz3sdn-42",
    "since": "2026-11-21T08:00:00.000Z",
    "until": "2026-11-21T10:00:00.000Z",
    "films": 30,
    "events": 42,
    "buckets": [
        {"start": "2026-11-21T08:00:00.000Z", "films": 30, "events": 30},
        {"start": "2026-11-21T09:00:00.000Z", "films": 11, "events": 12},
    ],
}


_EMPTY: dict[str, Any] = {"since": None, "until": None, "films": 0, "events": 0, "buckets": []}


def timeline_router(scan: Scan, work: SharedWork) -> APIRouter:
    """Return the route of the timeline."""
    router = APIRouter()

    @router.get(
        "/api/timeline",
        response_model=TimelineAnswer,
        responses=example(_EXAMPLE) | documented(400, 503),
        summary="The number of films and events over time",
        description="Counts what history holds, in equal parts of its time range. The filters are those of the stream.",
    )
    async def get_timeline(
        filter: Annotated[Filter, Depends(filter_of)],
        buckets: Annotated[int, Query(ge=1, le=MAX_BUCKETS, description="Equal parts of the range")] = 50,
        since: Annotated[
            str | None,
            Query(description="Begin at this time, instead of at the first event", json_schema_extra=_TIME),
        ] = None,
        until: Annotated[
            str | None,
            Query(description="End before this time, instead of after the last event", json_schema_extra=_TIME),
        ] = None,
    ) -> Response:
        first, end = _milliseconds("since", since), _milliseconds("until", until)
        if first is not None and end is not None and first >= end:
            raise BadQuery("until", "expected a time after `since`")
        index = scan.index
        if index is None:
            return unavailable(INDEX_MISSING)
        span = time_range(index, first, end, buckets)
        if span is None:
            return json_response(orjson.dumps({"last_event_id": str(index.position), **_EMPTY}))
        question = ("timeline", filter, first, end, buckets)
        found = await work.result(question, index.position, partial(timeline, index, filter, span))
        return json_response(_as_json(found))

    return router


def _milliseconds(parameter: str, text: str | None) -> int | None:
    return to_milliseconds(parse_moment(parameter, text)) if text else None


def _as_json(found: Timeline) -> bytes:
    span = found.range
    counts = enumerate(zip(found.films_by_bucket, found.events_by_bucket, strict=True))
    facts = {
        "last_event_id": str(found.position),
        "since": from_milliseconds(span.since),
        "until": from_milliseconds(span.until),
        "films": found.films,
        "events": sum(found.events_by_bucket),
        "buckets": [
            {"start": from_milliseconds(span.start_of(number)), "films": films, "events": events}
            for number, (films, events) in counts
        ],
    }
    return orjson.dumps(facts)
