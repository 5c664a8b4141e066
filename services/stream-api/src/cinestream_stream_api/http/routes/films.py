"""`GET /api/movies`: the films as they are now, page by page; `GET /api/stats`: how many there are."""

from dataclasses import dataclass
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from cinestream.bus.jetstream import Bus
from cinestream.bus.topology import MOVIES
from cinestream.contracts import Movie, subjects
from cinestream_stream_api.catalogue.catalogue import Catalogue, Cursor, parse_cursor
from cinestream_stream_api.catalogue.scan import Scan
from cinestream_stream_api.catalogue.totals import Summary
from cinestream_stream_api.events.event import NotAFilm, film
from cinestream_stream_api.events.filters import Filter
from cinestream_stream_api.events.position import POSITION_PATTERN, Position
from cinestream_stream_api.events.resume import BadQuery
from cinestream_stream_api.http.openapi import FILM, example
from cinestream_stream_api.http.problems import documented, unavailable
from cinestream_stream_api.http.routes.stream import filter_of

MOST = 200
"""Films in a page."""


class Page(BaseModel):
    """Films, newest first. To go on live without a gap, open the stream after the first page's `last_event_id`."""

    last_event_id: Annotated[str, Field(examples=["mwpz3sdn-42"], description="What the first page was made at")]
    next: Annotated[str | None, Field(examples=["mwpz3sdn-42.17"], description="`cursor` of the next page")]
    movies: list[Movie]


@dataclass(frozen=True, kw_only=True)
class Stats(Summary):
    """How many films there are, in all and by what they can be filtered by."""

    last_event_id: Annotated[str, Field(examples=["mwpz3sdn-42"])]


_STATS = {
    "last_event_id": "mwpz3sdn-42",
    "films": 2,
    "rated": 1,
    "average_rating": 9.3,
    "decades": {"1990s": 2},
    "genres": {"drama": 2, "crime": 1},
    "tones": {"hopeful": 1, "dark": 1},
}


def films_router(bus: Bus, scan: Scan) -> APIRouter:
    """The routes of all films."""
    router = APIRouter()

    @router.get(
        "/api/movies",
        response_model=Page,
        responses=example({"last_event_id": "mwpz3sdn-42", "next": "mwpz3sdn-42.17", "movies": [FILM]})
        | documented(400, 503),
        summary="The films as they are now, newest first",
    )
    async def movies(
        filter: Annotated[Filter, Depends(filter_of)],
        limit: Annotated[int, Query(ge=1, le=MOST, description="Films in a page")] = 50,
        cursor: Annotated[
            str | None,
            Query(
                description="`next` of the page before",
                examples=["mwpz3sdn-42.17"],
                json_schema_extra={"pattern": rf"^({POSITION_PATTERN}\.[0-9]{{1,19}})?$"},
            ),
        ] = None,
    ) -> Response:
        catalogue = scan.catalogue
        if catalogue is None:
            return unavailable("the films are still being counted")
        start = _cursor(cursor, catalogue)
        ids, following = catalogue.page(filter, limit, start)
        at = start.position if start else catalogue.position
        found = await films_of(bus, catalogue.position.epoch, ids)
        return json_answer(
            b'{"last_event_id":"%b","next":%b,"movies":[%b]}'
            % (str(at).encode(), orjson.dumps(str(following) if following else None), b",".join(found))
        )

    @router.get(
        "/api/stats",
        response_model=Stats,
        responses=example(_STATS) | documented(400, 503),
        summary="How many films there are",
    )
    async def stats() -> Response:
        catalogue = scan.catalogue
        if catalogue is None:
            return unavailable("the films are still being counted")
        facts: dict[str, Any] = {"last_event_id": str(catalogue.position), **vars(catalogue.summary())}
        return json_answer(orjson.dumps(facts))

    return router


def _cursor(text: str | None, catalogue: Catalogue) -> Cursor | None:
    if not text:
        return None
    cursor = parse_cursor(text)
    if cursor is None:
        raise BadQuery("cursor", "expected the `next` of a page, like mwpz3sdn-42.17")
    if cursor.position.epoch != catalogue.position.epoch:
        raise BadQuery("cursor", "it is of a stream that has been recreated since: start with the first page again")
    return cursor


async def films_of(bus: Bus, epoch: str, ids: list[str]) -> list[bytes]:
    """The last versions of these films, in this order, by one read; without those that are gone meanwhile."""
    if not ids:
        return []
    lasts = await bus.last_messages(MOVIES, [subjects.movie(id) for id in ids])
    found = {}
    for stored in lasts:
        try:
            event = film(Position(epoch, stored.sequence), stored.headers, stored.body)
        except NotAFilm:
            continue
        if event.removes is None:
            found[stored.subject] = event.data
    return [found[subject] for id in ids if (subject := subjects.movie(id)) in found]


def json_answer(body: bytes) -> Response:
    """The answer with this JSON, which is asked for anew each time."""
    return Response(body, headers={"Cache-Control": "no-cache"}, media_type="application/json")
