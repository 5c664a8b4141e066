"""`GET /api/movies/{id}`: the current version of a film."""

from typing import Annotated

from fastapi import APIRouter, Header, Request, Response

from cinestream.bus.jetstream import Bus
from cinestream.bus.topology import MOVIES
from cinestream.contracts import subjects
from cinestream_stream_api.events.event import NotAFilm
from cinestream_stream_api.http.etags import is_not_modified
from cinestream_stream_api.http.film_id import FilmId
from cinestream_stream_api.http.openapi import FILM, example
from cinestream_stream_api.http.problems import documented, problem
from cinestream_stream_api.http.published_movie import PublishedMovie
from cinestream_stream_api.log.history import stored_event
from cinestream_stream_api.log.tail import Tail


def movies_router(bus: Bus, tail: Tail) -> APIRouter:
    """Return the route of single films."""
    router = APIRouter()

    @router.get(
        "/api/movies/{id}",
        response_model=PublishedMovie,
        responses={
            **example(
                FILM, headers={"ETag": {"schema": {"type": "string"}, "description": "The id of the film's event"}}
            ),
            304: {"description": "The film has not changed since the version in `If-None-Match`"},
            **documented(400, 404, 410, 503),
        },
        summary="The current version of a film",
    )
    async def movie(
        id: FilmId,
        request: Request,
        if_none_match: Annotated[str | None, Header(description="The `ETag` of the version that you have")] = None,
    ) -> Response:
        stored = await bus.last_message(MOVIES, subjects.movie(id))
        try:
            event = stored_event(tail.ring.epoch, stored) if stored else None
        except NotAFilm:
            event = None
        if event is None:
            return problem(404, "Not Found", f"there is no film {id}")
        if event.removes is not None:
            return problem(410, "Gone", f"the film {id} was taken down")
        etag = f'"{event.position}"'
        headers = {"ETag": etag, "Cache-Control": "no-cache"}
        # A list may be sent as several headers, of which `if_none_match` is the first.
        if if_none_match and is_not_modified(",".join(request.headers.getlist("if-none-match")), etag):
            return Response(status_code=304, headers=headers)
        return Response(event.data, headers=headers, media_type="application/json")

    return router
