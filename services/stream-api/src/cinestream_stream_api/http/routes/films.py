"""`GET /api/movies` gives all current films, page by page."""

from typing import Annotated

import anyio
import orjson
from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from cinestream.bus.jetstream import Bus
from cinestream.bus.topology import MOVIES
from cinestream_stream_api.catalogue.film_pages import (
    CURSOR_PATTERN,
    Cursor,
    FilmQuery,
    Sort,
    page_of,
    parse_cursor,
)
from cinestream_stream_api.catalogue.film_reader import FilmReader
from cinestream_stream_api.catalogue.notices import Notices
from cinestream_stream_api.catalogue.scan import Scan
from cinestream_stream_api.events.filters import Filter
from cinestream_stream_api.events.listing import search_words
from cinestream_stream_api.events.position import Position
from cinestream_stream_api.events.resume import BadQuery
from cinestream_stream_api.http.asyncapi import NoticeData
from cinestream_stream_api.http.filters import filter_of
from cinestream_stream_api.http.openapi import FILM, example
from cinestream_stream_api.http.problems import documented, unavailable
from cinestream_stream_api.http.published_movie import PublishedMovie

MAX_LIMIT = 200
"""Maximum number of films in a page."""


class FilmPage(BaseModel):
    """A page of films in the order of `sort`.

    To continue live without a gap, open the stream at the `last_event_id` of the first page. `notice` is there if no
    known film passes the filter.
    """

    # Clients may use the schema's name and title in the OpenAPI document, so they stay as they were published.
    __qualname__ = "Page"
    model_config = ConfigDict(title="Page")

    last_event_id: Annotated[str, Field(examples=["mwpz3sdn-42"], description="The position of the first page")]
    next: Annotated[str | None, Field(examples=["mwpz3sdn-42.17"], description="The `cursor` of the next page")]
    movies: list[PublishedMovie]
    notice: NoticeData | None = None


INDEX_MISSING = "the index of films is still being built"


async def query_of(
    filter: Annotated[Filter, Depends(filter_of)],
    q: Annotated[
        str | None,
        Query(
            description="Words of titles and people. Each must begin a word of the film, in any order and spelling",
            examples=["shawshank robbins"],
            json_schema_extra={"pattern": r"[^\W_]"},
        ),
    ] = None,
    sort: Annotated[
        Sort,
        Query(
            description=(
                "The newest version, the best rating, the latest year or the first title comes first. Films without a "
                "rating or year come last"
            )
        ),
    ] = Sort.NEWEST,
) -> FilmQuery:
    """Return the requested films and their order."""
    words = search_words(q or "")
    if q and not words:
        raise BadQuery("q", "expected words with letters or digits")
    return FilmQuery(filter, words, sort)


def films_router(bus: Bus, scan: Scan, reader: FilmReader, notices: Notices) -> APIRouter:
    """Return the routes of all films."""
    router, turn = APIRouter(), anyio.Lock()

    @router.get(
        "/api/movies",
        response_model=FilmPage,
        responses=example({"last_event_id": "mwpz3sdn-42", "next": "mwpz3sdn-42.17", "movies": [FILM], "notice": None})
        | documented(400, 503),
        summary="All current films, filtered, searched and sorted",
    )
    async def movies(
        query: Annotated[FilmQuery, Depends(query_of)],
        limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Films in a page")] = 50,
        cursor: Annotated[
            str | None,
            Query(
                description="The `next` of the previous page. Repeat its other parameters",
                examples=["mwpz3sdn-42.17"],
                json_schema_extra={"pattern": f"^({CURSOR_PATTERN})?$"},
            ),
        ] = None,
    ) -> Response:
        index = scan.index
        if index is None:
            return unavailable(INDEX_MISSING)
        position = index.position
        start = await _start_of_page(bus, cursor, query.sort, position)
        ids, following = await page_of(index, query, limit, start, turn)
        notice = await notices.of(query.filter) if not (ids or start) else None
        found = await reader.read(position.epoch, ids)
        return json_response(
            b'{"last_event_id":"%b","next":%b,"movies":[%b],"notice":%b}'
            % (
                str(start.position if start else position).encode(),
                orjson.dumps(str(following) if following else None),
                b",".join(found.films),
                orjson.dumps(notice),
            )
        )

    return router


async def _start_of_page(bus: Bus, text: str | None, sort: Sort, current: Position) -> Cursor | None:
    """Return the cursor of a page, or None for the first page."""
    if not text:
        return None
    cursor = parse_cursor(text)
    if cursor is None:
        raise BadQuery("cursor", "expected the `next` of a page, like mwpz3sdn-42.17")
    if cursor.sort is not sort:
        raise BadQuery(
            "cursor", f"of a page with sort={cursor.sort}; send that sort, or start again with the first page"
        )
    epoch, sequence = cursor.position
    if epoch != current.epoch:
        raise BadQuery("cursor", "the stream was recreated since; start again with the first page")
    # The replica that gave the cursor may be ahead of this one, so the stream itself decides.
    last = current.sequence if sequence <= current.sequence else (await bus.stream_state(MOVIES)).last_sequence
    if not cursor.before <= sequence <= last:
        raise BadQuery("cursor", "beyond the end of the stream; start again with the first page")
    return cursor


def json_response(body: bytes) -> Response:
    """Return a response with this JSON, which caches must revalidate each time."""
    return Response(body, headers={"Cache-Control": "no-cache"}, media_type="application/json")
