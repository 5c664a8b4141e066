"""What tests ask the site about itself, under `/__demo__/`: what it holds, and how often it was read."""

from __future__ import annotations

from dataclasses import asdict

import orjson
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from cinestream_demo.films.catalogue import Catalogue
from cinestream_demo.films.living import Living
from cinestream_demo.films.reserved import RESERVED
from cinestream_demo.pages.faults import FAULTS
from cinestream_demo.site.refusals import NO_STORE
from cinestream_demo.site.requests_log import RequestsLog


class Truth:
    """Handlers that answer in JSON (ids: one a line)."""

    def __init__(self, catalogue: Catalogue, log: RequestsLog, living: Living) -> None:
        self._catalogue = catalogue
        self._log = log
        self._living = living

    def routes(self) -> list[Route]:
        """Where each of them is."""
        return [
            Route("/__demo__/", self.about),
            Route("/__demo__/films.json", self.films),
            Route("/__demo__/ids.txt", self.ids),
            Route("/__demo__/requests.json", self.requests),
        ]

    async def about(self, request: Request) -> Response:
        """How many films, the faults, the reserved ids, the film that changes."""
        reserved = {film_id: entry.about for film_id, entry in RESERVED.items()}
        living = asdict(self._living)
        return _json({"films": len(self._catalogue), "faults": FAULTS, "reserved": reserved, "living": living})

    async def films(self, request: Request) -> Response:
        """Every film as its page gives it, most popular first; of the one that changes, what it swings around."""
        return _json([asdict(film) for film in self._catalogue])

    async def ids(self, request: Request) -> Response:
        """The ids of all films."""
        return PlainTextResponse("".join(f"{film.id}\n" for film in self._catalogue))

    async def requests(self, request: Request) -> Response:
        """How often what was served since the start."""
        return _json(self._log.summary())


def _json(data: object) -> Response:
    return Response(orjson.dumps(data), media_type="application/json", headers=NO_STORE)
