"""`GET /api/stats` gives the counts of the current films."""

from dataclasses import dataclass
from functools import partial
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Response
from pydantic import Field

from cinestream_stream_api.catalogue.directors import TopDirector
from cinestream_stream_api.catalogue.scan import Scan
from cinestream_stream_api.catalogue.shared_work import SharedWork
from cinestream_stream_api.catalogue.statistics import TOP_DIRECTORS, count
from cinestream_stream_api.catalogue.totals import FilmCounts
from cinestream_stream_api.events.filters import Filter
from cinestream_stream_api.http.filters import filter_of
from cinestream_stream_api.http.openapi import example
from cinestream_stream_api.http.problems import documented, unavailable
from cinestream_stream_api.http.routes.films import INDEX_MISSING, json_response


@dataclass(frozen=True, kw_only=True)
class Stats(FilmCounts):
    """The number of films: in total, and by decade, genre and tone. `directors` is the number of their directors."""

    last_event_id: Annotated[str, Field(examples=["mwpz3sdn-42"])]
    directors: int
    top_directors: Annotated[
        list[TopDirector], Field(description=f"The {TOP_DIRECTORS} directors of most of these films, most films first")
    ]


_STATS = {
    "last_event_id": "mwpz3sdn-42",
    "films": 2,
    "rated": 1,
    "average_rating": 9.3,
    "decades": {"1990s": 2},
    "genres": {"Drama": 2, "Crime": 1},
    "tones": {"Dark": 1, "Hopeful": 1},
    "directors": 1,
    "top_directors": [{"id": "nm0001104", "name": "Frank Darabont", "films": 2}],
}


def stats_router(scan: Scan, work: SharedWork) -> APIRouter:
    """Return the route of the counts."""
    router = APIRouter()

    @router.get(
        "/api/stats",
        response_model=Stats,
        responses=example(_STATS) | documented(400, 503),
        summary="The number of films",
        description="The filters are those of the stream. Without any, all current films count.",
    )
    async def stats(filter: Annotated[Filter, Depends(filter_of)]) -> Response:
        index = scan.index
        if index is None:
            return unavailable(INDEX_MISSING)
        found = await work.result(("stats", filter), index.position, partial(count, index, filter))
        facts = {
            "last_event_id": str(found.position),
            **vars(found.films),
            "directors": found.directors,
            "top_directors": found.top_directors,
        }
        return json_response(orjson.dumps(facts))

    return router
