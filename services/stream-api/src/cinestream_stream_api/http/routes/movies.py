"""`GET /api/movies/{id}`: the current version of a film."""

from typing import Annotated
from zlib import crc32

from fastapi import APIRouter, Header, Request, Response

from cinestream_stream_api.catalogue.film_reader import FilmReader
from cinestream_stream_api.http.etags import is_not_modified
from cinestream_stream_api.http.film_id import FilmId
from cinestream_stream_api.http.openapi import FILM, example
from cinestream_stream_api.http.problems import documented, problem
from cinestream_stream_api.http.published_movie import PublishedMovie
from cinestream_stream_api.log.tail import Tail


def movies_router(tail: Tail, reader: FilmReader) -> APIRouter:
    """Return the route of single films."""
    router = APIRouter()

    @router.get(
        "/api/movies/{id}",
        response_model=PublishedMovie,
        responses={
            **example(
                FILM,
                headers={"ETag": {"schema": {"type": "string"}, "description": "Changes whenever the answer does"}},
            ),
            304: {"description": "The answer is still the one in `If-None-Match`"},
            **documented(400, 404, 410, 503),
        },
        summary="The current version of a film",
    )
    async def movie(
        id: FilmId,
        request: Request,
        if_none_match: Annotated[str | None, Header(description="The `ETag` of the version that you have")] = None,
    ) -> Response:
        event = await reader.last(tail.ring.epoch, id)
        if event is None:
            return problem(404, "Not Found", f"there is no film {id}")
        if event.removes is not None:
            return problem(410, "Gone", f"the film {id} was taken down")
        body = await reader.as_json(event)
        # The position alone would not change when the director gets another film.
        etag = f'"{event.position}-{crc32(body):08x}"'
        headers = {"ETag": etag, "Cache-Control": "no-cache"}
        # A list may be sent as several headers, of which `if_none_match` is the first.
        if if_none_match and is_not_modified(",".join(request.headers.getlist("if-none-match")), etag):
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type="application/json")

    return router
