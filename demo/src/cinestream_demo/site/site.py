"""The demo site as an ASGI application. Start reading here.

A request passes through these modules: `page_request` parses the address, `fault_sampler` may choose a fault,
`fault_responses` replaces the page if the fault demands it, and `renderer` makes the HTML.
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

from cinestream_demo.films.catalogue import FilmCatalogue
from cinestream_demo.films.changing_film import ChangingFilm
from cinestream_demo.films.film import DemoFilm
from cinestream_demo.films.reserved_ids import RESERVED, find_film
from cinestream_demo.pages.fault_sampler import FaultSampler
from cinestream_demo.pages.faults import Fault, InvalidFault, parse_fault
from cinestream_demo.pages.page_context import PageContext
from cinestream_demo.pages.renderer import PageRenderer
from cinestream_demo.site.assets import Assets
from cinestream_demo.site.debug_endpoints import DebugEndpoints
from cinestream_demo.site.delays import Delays
from cinestream_demo.site.fault_responses import NO_STORE, fault_response, has_passed_challenge, not_found
from cinestream_demo.site.page_request import PageRequest, parse_page_request
from cinestream_demo.site.request_counts import RequestCounts


@dataclass(frozen=True, slots=True)
class SiteOptions:
    """The behaviour of the site.

    `latency` is in seconds. `faults` maps a fault to its share of the titles. `clock` returns seconds since 1970.
    """

    consent: Literal["off", "dialog", "wall"] = "dialog"
    latency: float = 0.0
    faults: Mapping[str, float] = field(default_factory=dict)
    changing_film: ChangingFilm = field(default_factory=ChangingFilm)
    clock: Callable[[], float] = time.time


class DemoSite:
    """The site of one catalogue. `app` is the ASGI application."""

    def __init__(self, catalogue: FilmCatalogue, options: SiteOptions | None = None) -> None:
        """Build the routes.

        Raises:
            InvalidFault: the options name a fault that does not exist, or a wrong share.
        """
        self.catalogue = catalogue
        self.options = options or SiteOptions()
        self.sampler = FaultSampler(self.options.faults)
        self.counts = RequestCounts()
        self.renderer = PageRenderer(catalogue)
        self.delays = Delays(self.options.latency)
        assets = Assets(catalogue, self.counts, self.delays)
        debug = DebugEndpoints(catalogue, self.counts, self.options.changing_film)
        self.app = Starlette(routes=[*assets.routes(), *debug.routes(), Route("/{path:path}", self.page)])

    async def page(self, request: Request) -> Response:
        """Return a page for visitors, or the response of a fault."""
        try:
            page = parse_page_request(request.url.path, request.query_params)
        except InvalidFault as error:
            return PlainTextResponse(str(error), 400)
        if page is None:
            return not_found()
        if page.address != request.url.path:
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(page.address + query, 308, NO_STORE)
        await self.delays.wait_latency()
        return await self._faulty_page(page, request) or self._complete_page(page, None, request)

    async def _faulty_page(self, page: PageRequest, request: Request) -> Response | None:
        fault = self._select_fault(page)
        if fault is None or has_passed_challenge(fault, page, request.cookies):
            return None
        self.counts.count_fault(fault.name, self._counted_id(page))
        if response := fault_response(fault, page):
            return response
        if fault.name == "slow":
            await self.delays.wait(fault.seconds)
        return self._complete_page(page, fault, request)

    def _select_fault(self, page: PageRequest) -> Fault | None:
        """Return the fault of the address, else of the reserved id, else of the sampler."""
        if page.fault or page.kind != "title":
            return page.fault
        if reserved := RESERVED.get(page.subject):
            return parse_fault(reserved.fault) if reserved.fault else None
        return self.sampler.next_fault(page.subject) if self.catalogue.get(page.subject) else None

    def _complete_page(self, page: PageRequest, fault: Fault | None, request: Request) -> Response:
        asks_consent = fault is not None and fault.name.startswith("consent")
        consent_path = page.cookie_path if asks_consent else "" if self.options.consent == "off" else "/"
        origin = f"{request.url.scheme}://{request.url.netloc}"
        context = PageContext(origin, page.address, page.locale, consent_path)
        walled = self.options.consent == "wall" or (fault is not None and fault.name == "consent-wall")
        if walled and context.consent_cookie not in request.cookies:
            self.counts.count_page("consent wall")
            return HTMLResponse(self.renderer.consent_wall(context), headers=NO_STORE)
        html = self._render(page, fault, context, request)
        if html is None:
            return not_found()
        self.counts.count_page(page.kind, self._counted_id(page))
        return HTMLResponse(html, headers=NO_STORE)

    def _render(self, page: PageRequest, fault: Fault | None, context: PageContext, request: Request) -> bytes | None:
        match page.kind:
            case "title":
                film = find_film(page.subject, self.catalogue)
                return self.renderer.title(self._current(film), context, fault) if film else None
            case "chart":
                films = self.catalogue.top if page.subject == "top" else self.catalogue.popular
                return self.renderer.chart(page.subject, tuple(map(self._current, films)), context)
            case "list":
                return self.renderer.list_page(page.subject, request.query_params.get("page", "1"), context)
            case "name":
                return self.renderer.name(page.subject, context)
            case "find":
                return self.renderer.search(request.query_params.get("q", ""), context)
            case _:
                return self.renderer.home(context)

    def _counted_id(self, page: PageRequest) -> str | None:
        """Return the id to count the request under: only of existing titles, to keep the counters bounded."""
        return page.subject if page.kind == "title" and find_film(page.subject, self.catalogue) else None

    def _current(self, film: DemoFilm) -> DemoFilm:
        return self.options.changing_film.at(film, self.options.clock())
