"""`GET /api/directors/{name or nm id}` gives directors with their films."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field

from cinestream_stream_api.catalogue.directors import Director
from cinestream_stream_api.catalogue.film_index import FilmIndex
from cinestream_stream_api.catalogue.film_reader import CurrentFilms, FilmReader
from cinestream_stream_api.catalogue.nearest import nearest_directors
from cinestream_stream_api.catalogue.scan import Scan
from cinestream_stream_api.http.openapi import FILM, example
from cinestream_stream_api.http.problems import documented, problem, unavailable
from cinestream_stream_api.http.published_movie import PublishedMovie
from cinestream_stream_api.http.routes.films import INDEX_MISSING, json_response

MAX_FILMS = 100
"""Maximum number of films shown per director."""

_MAX_DIRECTORS = 20


class DirectorFilms(BaseModel):
    """A director and up to 100 of the films, newest versions first.

    `id` is null for all people of this name whose pages gave no id. `namesakes` are the ids of other directors of the
    same name.
    """

    id: Annotated[str | None, Field(examples=["nm0001104"])]
    name: Annotated[str, Field(examples=["Frank Darabont"])]
    namesakes: list[str]
    total_movies: int
    average_rating: Annotated[float | None, Field(description="The mean of the known ratings, to one decimal")]
    movies: list[PublishedMovie]


class Found(BaseModel):
    """The directors of a name, or the director with an id, as of a position of the stream."""

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


def directors_router(scan: Scan, reader: FilmReader) -> APIRouter:
    """Return the route of directors."""
    router = APIRouter()

    @router.get(
        "/api/directors/{director}",
        response_model=Found,
        responses=example({"last_event_id": "mwpz3sdn-42", "directors": [_DARABONT]}) | documented(400, 404, 503),
        summary="The directors with an id or a name, their statistics and films",
        description=(
            "Case, accents and punctuation of a name are ignored. Ids tell directors of the same name apart. A part "
            "of a name gives a 404 that names the nearest directors."
        ),
    )
    async def directors(
        director: Annotated[
            str, Path(min_length=1, max_length=1000, description="IMDb id or name", examples=["Frank Darabont"])
        ],
    ) -> Response:
        index = scan.index
        if index is None:
            return unavailable(INDEX_MISSING)
        found = index.directors(director)[:_MAX_DIRECTORS]
        if not found:
            return problem(404, "Not Found", await _unknown(index, director))
        position = index.position
        newest = [index.newest(one.films, MAX_FILMS) for one in found]
        read = [(one, await reader.read(position.epoch, ids)) for one, ids in zip(found, newest, strict=True)]
        shown = [_as_json(one, current) for one, current in read if one.key in current.totals]
        return json_response(b'{"last_event_id":"%b","directors":[%b]}' % (str(position).encode(), b",".join(shown)))

    return router


async def _unknown(index: FilmIndex, director: str) -> str:
    """Return the detail of a 404, with the directors of the nearest names."""
    detail = f"there is no director {director}"
    best, *others = await nearest_directors(director, index.by_director) or [""]
    if best:
        detail += f". Did you mean {best}?"
    return f"{detail} Similar: {', '.join(others)}" if others else detail


def _as_json(director: Director, current: CurrentFilms) -> bytes:
    statistics = current.totals[director.key]
    facts = {"id": director.id, "name": director.name, "namesakes": director.namesakes, **statistics._asdict()}
    return b'%b,"movies":[%b]}' % (orjson.dumps(facts)[:-1], b",".join(current.films))
