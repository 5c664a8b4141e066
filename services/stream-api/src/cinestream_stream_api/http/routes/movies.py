"""`GET /api/movies/{id}` gives the current version of a film, and `GET /api/movies/{id}/versions` those in history."""

from typing import Annotated, Any
from zlib import crc32

import orjson
from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, Field

from cinestream.contracts.movie import TitleId
from cinestream_stream_api.catalogue.film_reader import FilmReader
from cinestream_stream_api.catalogue.scan import Scan
from cinestream_stream_api.events.event import Event
from cinestream_stream_api.events.position import Position
from cinestream_stream_api.http.etags import is_not_modified
from cinestream_stream_api.http.film_id import FilmId
from cinestream_stream_api.http.openapi import FILM, example
from cinestream_stream_api.http.problems import documented, problem, unavailable
from cinestream_stream_api.http.published_movie import PublishedMovie, Time
from cinestream_stream_api.http.routes.films import INDEX_MISSING
from cinestream_stream_api.log.tail import Tail

MAX_VERSIONS = 200

_ETAG = {"ETag": {"schema": {"type": "string"}, "description": "Changes whenever the answer does"}}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    304: {"description": "The answer is still the one in `If-None-Match`"},
    **documented(400, 404, 410, 503),
}

_DEFAULTS: dict[str, Any] = {"revision": 1, "votes": None, "changed": []}
"""Values of films that were stored before these fields existed."""

IfNoneMatch = Annotated[str | None, Header(description="The `ETag` of the answer that you have")]


class Version(BaseModel):
    """A version of a film. `id` is the id of its event, and the other fields are those of the film."""

    id: Annotated[str, Field(examples=["mwpz3sdn-42"])]
    published_at: Time | None
    page_read_at: Time | None
    revision: int
    rating: float | None
    votes: int | None
    changed: list[str]


class Versions(BaseModel):
    """The newest versions of a film, newest first."""

    id: TitleId
    versions: list[Version]


_NEWEST = {
    "id": "mwpz3sdn-42",
    "published_at": FILM["published_at"],
    "page_read_at": FILM["page_read_at"],
    "revision": 2,
    "rating": 9.3,
    "votes": 3_000_000,
    "changed": ["rating", "votes"],
}
_OLDEST = {
    "id": "mwpz3sdn-17",
    "published_at": "2026-11-14T08:00:00.000Z",
    "page_read_at": "2026-11-14T07:59:58.000Z",
    "revision": 1,
    "rating": 9.2,
    "votes": 2_900_000,
    "changed": [],
}


def movies_router(tail: Tail, scan: Scan, reader: FilmReader) -> APIRouter:
    """Return the routes of single films."""
    router = APIRouter()

    @router.get(
        "/api/movies/{id}",
        response_model=PublishedMovie,
        responses={**example(FILM, headers=_ETAG), **_ANSWERS},
        summary="The current version of a film",
    )
    async def movie(id: FilmId, request: Request, if_none_match: IfNoneMatch = None) -> Response:
        ring = tail.ring
        event = await reader.last(ring.epoch, id)
        if event is None or event.removes is not None:
            return _absent(id, event)
        return _answer(request, event.position, await reader.as_json(event))

    @router.get(
        "/api/movies/{id}/versions",
        response_model=Versions,
        responses={**example({"id": FILM["id"], "versions": [_NEWEST, _OLDEST]}, headers=_ETAG), **_ANSWERS},
        summary="The versions of a film in history, newest first",
        description="`changed` names the fields that differ from the version before.",
    )
    async def versions(
        id: FilmId,
        request: Request,
        limit: Annotated[int, Query(ge=1, le=MAX_VERSIONS, description="Maximum number of versions")] = 50,
        if_none_match: IfNoneMatch = None,
    ) -> Response:
        index = scan.index
        if index is None:
            return unavailable(INDEX_MISSING)
        position = index.position
        last = await reader.last(position.epoch, id)
        if last is None or last.removes is not None:
            return _absent(id, last)
        found = await reader.versions(id, last, index.events.versions(id, limit), limit)
        return _answer(request, last.position, orjson.dumps({"id": id, "versions": list(map(_version, found))}))

    return router


def _version(event: Event) -> dict[str, Any]:
    film = {**_DEFAULTS, **orjson.loads(event.data), "id": str(event.position)}
    return {name: film[name] for name in Version.model_fields}


def _absent(id: str, last: Event | None) -> Response:
    """Return the answer for a film that there is not, given its last event."""
    if last is None:
        return problem(404, "Not Found", f"there is no film {id}")
    return problem(410, "Gone", f"the film {id} was taken down")


def _answer(request: Request, position: Position, body: bytes) -> Response:
    """Return this JSON with an entity tag, or 304 if the client has it."""
    # The position alone would not change with the statistics of a director, or when history loses a version.
    etag = f'"{position}-{crc32(body):08x}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    # A list may be sent as several headers.
    if (known := ",".join(request.headers.getlist("if-none-match"))) and is_not_modified(known, etag):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")
