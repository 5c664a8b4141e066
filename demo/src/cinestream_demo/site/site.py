"""The site: what is asked for, what is to go wrong with it, and what is shown. The file to read first.

A page goes this way: `asking` says what is asked for, `faults` whether something is to go wrong, `refusals` answers
instead of the page, `living` moves the film that never rests, and `pages` makes the HTML.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from cinestream_demo.films.catalogue import Catalogue
from cinestream_demo.films.film import Film
from cinestream_demo.films.living import Living
from cinestream_demo.films.reserved import RESERVED, film_of
from cinestream_demo.pages.faults import Fault, Lots, UnknownFault, parse_fault
from cinestream_demo.pages.nodes import Visit
from cinestream_demo.pages.pages import Pages
from cinestream_demo.site.asking import Asked, asked
from cinestream_demo.site.assets import Assets
from cinestream_demo.site.pauses import Pauses
from cinestream_demo.site.refusals import NO_STORE, let_in, not_found, refuse
from cinestream_demo.site.requests_log import RequestsLog
from cinestream_demo.site.truth import Truth


@dataclass(frozen=True, slots=True)
class Options:
    """How the site behaves: `latency` in seconds, `faults` as shares of the titles, `clock` in seconds since 1970."""

    consent: Literal["off", "dialog", "wall"] = "dialog"
    latency: float = 0.0
    faults: Mapping[str, float] = field(default_factory=dict)
    living: Living = field(default_factory=Living)
    clock: Callable[[], float] = time.time


class Site:
    """The pages and what they share. `app` is the ASGI application."""

    def __init__(self, catalogue: Catalogue, options: Options | None = None) -> None:
        """Raises UnknownFault when the options name one."""
        self.catalogue = catalogue
        self.options = options or Options()
        self.lots = Lots(self.options.faults)
        self.log = RequestsLog()
        self.pages = Pages(catalogue)
        self.pauses = Pauses(self.options.latency)
        assets = Assets(catalogue, self.log, self.pauses)
        truth = Truth(catalogue, self.log, self.options.living)
        self.app = Starlette(routes=[*assets.routes(), *truth.routes(), Route("/{path:path}", self.page)])

    async def page(self, request: Request) -> Response:
        """Any page that a visitor sees."""
        try:
            page = asked(request.url.path, request.query_params)
        except UnknownFault as error:
            return PlainTextResponse(str(error), 400)
        if page is None:
            return not_found()
        if page.address != request.url.path:
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(page.address + query, 308, NO_STORE)
        await self.pauses.latency()
        return await self._faulty(page, request) or self._whole(page, None, request)

    async def _faulty(self, page: Asked, request: Request) -> Response | None:
        fault = self._fault(page)
        if fault is None or let_in(fault, page, request.cookies):
            return None
        self.log.faulted(fault.name, self._known(page))
        if refusal := refuse(fault, page):
            return refusal
        if fault.name == "slow":
            await self.pauses.pause(fault.seconds)
        return self._whole(page, fault, request)

    def _fault(self, page: Asked) -> Fault | None:
        if page.fault or page.kind != "title":
            return page.fault
        if reserved := RESERVED.get(page.subject):
            return parse_fault(reserved.fault) if reserved.fault else None
        return self.lots.draw(page.subject) if self.catalogue.get(page.subject) else None

    def _whole(self, page: Asked, fault: Fault | None, request: Request) -> Response:
        asks_consent = fault is not None and fault.name.startswith("consent")
        scope = page.scope if asks_consent else "" if self.options.consent == "off" else "/"
        visit = Visit(f"{request.url.scheme}://{request.url.netloc}", page.address, page.locale, scope)
        walled = self.options.consent == "wall" or (fault is not None and fault.name == "consent-wall")
        if walled and visit.consent_cookie not in request.cookies:
            self.log.served("consent wall")
            return HTMLResponse(self.pages.wall(visit), headers=NO_STORE)
        html = self._html(page, fault, visit, request)
        if html is None:
            return not_found()
        self.log.served(page.kind, self._known(page))
        return HTMLResponse(html, headers=NO_STORE)

    def _html(self, page: Asked, fault: Fault | None, visit: Visit, request: Request) -> bytes | None:
        match page.kind:
            case "title":
                film = film_of(page.subject, self.catalogue)
                return self.pages.title(self._now(film), visit, fault) if film else None
            case "chart":
                films = self.catalogue.top if page.subject == "top" else self.catalogue.popular
                return self.pages.chart(page.subject, tuple(map(self._now, films)), visit)
            case "list":
                return self.pages.listed(page.subject, request.query_params.get("page", "1"), visit)
            case "name":
                return self.pages.name(page.subject, visit)
            case "find":
                return self.pages.search(request.query_params.get("q", ""), visit)
            case _:
                return self.pages.home(visit)

    def _known(self, page: Asked) -> str | None:
        return page.subject if page.kind == "title" and film_of(page.subject, self.catalogue) else None

    def _now(self, film: Film) -> Film:
        return self.options.living.at(film, self.options.clock())
