"""Endpoints for tests under `/__demo__/`: the site's films and faults, and how often each page was read."""

from __future__ import annotations

from dataclasses import asdict

import orjson
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from cinestream_demo.films.catalogue import FilmCatalogue
from cinestream_demo.films.changing_film import ChangingFilm
from cinestream_demo.films.reserved_ids import RESERVED
from cinestream_demo.pages.faults import FAULTS
from cinestream_demo.site.fault_responses import NO_STORE
from cinestream_demo.site.request_counts import RequestCounts


class DebugEndpoints:
    """Handlers that return JSON, or text with one id per line."""

    def __init__(self, catalogue: FilmCatalogue, counts: RequestCounts, changing_film: ChangingFilm) -> None:
        self._catalogue = catalogue
        self._counts = counts
        self._changing_film = changing_film

    def routes(self) -> list[Route]:
        """Return the routes of all handlers."""
        return [
            Route("/__demo__/", self.about),
            Route("/__demo__/films.json", self.films),
            Route("/__demo__/ids.txt", self.ids),
            Route("/__demo__/requests.json", self.requests),
        ]

    async def about(self, request: Request) -> Response:
        """Return the number of films, the faults, the reserved ids and the film that changes."""
        reserved = {film_id: entry.about for film_id, entry in RESERVED.items()}
        changing = asdict(self._changing_film)
        return _json({"films": len(self._catalogue), "faults": FAULTS, "reserved": reserved, "living": changing})

    async def films(self, request: Request) -> Response:
        """Return every film as its page shows it, most popular first.

        The film that changes is returned with the votes and rating that its changes start from.
        """
        return _json([asdict(film) for film in self._catalogue])

    async def ids(self, request: Request) -> Response:
        """Return the ids of all films."""
        return PlainTextResponse("".join(f"{film.id}\n" for film in self._catalogue))

    async def requests(self, request: Request) -> Response:
        """Return the numbers of responses since the start."""
        return _json(self._counts.summary())


def _json(data: object) -> Response:
    return Response(orjson.dumps(data), media_type="application/json", headers=NO_STORE)
