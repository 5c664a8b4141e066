"""`GET /api/directors/{name or nm id}`: who directed which of the films."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field

from cinestream.bus.jetstream import Bus
from cinestream.contracts import Movie
from cinestream_stream_api.catalogue.catalogue import Statistics
from cinestream_stream_api.catalogue.directors import Director
from cinestream_stream_api.catalogue.scan import Scan
from cinestream_stream_api.http.openapi import FILM, example
from cinestream_stream_api.http.problems import documented, problem, unavailable
from cinestream_stream_api.http.routes.films import films_of, json_answer

MOST = 100
"""Films shown of a director."""

_MOST_NAMESAKES = 20


class DirectorFilms(BaseModel):
    """A director and the films that are known here, newest versions first, at most 100 of them.

    `id` is null for everybody whom a page gave this name without an id; `namesakes` are the ids of others of the name.
    """

    id: Annotated[str | None, Field(examples=["nm0001104"])]
    name: Annotated[str, Field(examples=["Frank Darabont"])]
    namesakes: list[str]
    total_movies: int
    average_rating: Annotated[float | None, Field(description="The mean of the rated ones, to one decimal")]
    movies: list[Movie]


class Found(BaseModel):
    """Everybody of the name, or the one with the id, as of a position of the stream."""

    last_event_id: Annotated[str, Field(examples=["mwpz3sdn-42"])]
    directors: list[DirectorFilms]


_DARABONT = {
    "id": "nm0001104",
    "name": "Frank Darabont",
    "namesakes": [],
    "total_movies": 1,
    "average_rating": 9.3,
    "movies": [FILM],
}


def directors_router(bus: Bus, scan: Scan) -> APIRouter:
    """The route of directors."""
    router = APIRouter()

    @router.get(
        "/api/directors/{director}",
        response_model=Found,
        responses=example({"last_event_id": "mwpz3sdn-42", "directors": [_DARABONT]}) | documented(400, 404, 503),
        summary="Directors of an id or a name, their statistics and films",
        description="Case, accents and punctuation of a name do not count. Namesakes are told apart by their ids.",
    )
    async def directors(
        director: Annotated[
            str, Path(min_length=1, max_length=1000, description="IMDb id or name", examples=["Frank Darabont"])
        ],
    ) -> Response:
        catalogue = scan.catalogue
        if catalogue is None:
            return unavailable("the films are still being counted")
        found = [
            (one, statistics, catalogue.newest(one.films, MOST))
            for one, statistics in catalogue.directors(director)[:_MOST_NAMESAKES]
        ]
        if not found:
            return problem(404, "Not Found", f"no film here is directed by {director}")
        at = catalogue.position
        shown = [_shown(one, statistics, await films_of(bus, at.epoch, newest)) for one, statistics, newest in found]
        return json_answer(b'{"last_event_id":"%b","directors":[%b]}' % (str(at).encode(), b",".join(shown)))

    return router


def _shown(director: Director, statistics: Statistics, films: list[bytes]) -> bytes:
    facts = {"id": director.id, "name": director.name, "namesakes": director.namesakes, **statistics._asdict()}
    return b'%b,"movies":[%b]}' % (orjson.dumps(facts)[:-1], b",".join(films))
