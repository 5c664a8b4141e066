"""Everything that is not a page: pictures, styles, scripts, robots.txt, consent dialog, and parts loaded later."""

from __future__ import annotations

from importlib import resources

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from cinestream_demo.films.catalogue import FilmCatalogue
from cinestream_demo.films.locales import english, locales
from cinestream_demo.films.reserved_ids import find_film
from cinestream_demo.pages.other_pages import consent_dialog
from cinestream_demo.pages.page_context import PageContext
from cinestream_demo.pages.pictures import icon, portrait, poster
from cinestream_demo.pages.search_page import RESULTS, more_rows
from cinestream_demo.pages.title_page import SECTIONS, title_section
from cinestream_demo.site.delays import Delays
from cinestream_demo.site.fault_responses import NO_STORE, not_found
from cinestream_demo.site.request_counts import RequestCounts

ROBOTS = """\
User-agent: *
Disallow: /__demo__/
Disallow: /registration/
Disallow: /title/tt9900666/
"""
CACHED = {"cache-control": "max-age=3600"}
_SCRIPT, _STYLE = "text/javascript", "text/css"
_FILES = {"site.css": _STYLE, "site.js": _SCRIPT, "consent.js": _SCRIPT, "challenge.js": _SCRIPT}


class Assets:
    """Handlers of the assets. Those that a real server has to compute wait for the latency."""

    def __init__(self, catalogue: FilmCatalogue, counts: RequestCounts, delays: Delays) -> None:
        self._catalogue = catalogue
        self._counts = counts
        self._delays = delays

    def routes(self) -> list[Route]:
        """Return the routes of all handlers."""
        return [
            Route("/livez", self.livez),
            Route("/robots.txt", self.robots),
            Route("/static/{name}", self.static),
            Route("/challenge.js", self.challenge_script),
            Route("/images/{owner}.svg", self.picture),
            Route("/consent/", self.consent),
            Route("/sections/{film_id}/{section}/", self.section),
            Route("/find/more/", self.more_results),
        ]

    async def section(self, request: Request) -> Response:
        """Return a section of a title page, as HTML to insert."""
        film, section = find_film(request.path_params["film_id"], self._catalogue), request.path_params["section"]
        if film is None or section not in SECTIONS:
            return not_found()
        await self._delays.wait_latency()
        self._counts.count_page("section")
        html = title_section(section, film, self._catalogue.more_like(film), _context(request))
        return HTMLResponse(html, headers=NO_STORE)

    async def more_results(self, request: Request) -> Response:
        """Return the next rows of a search. The header `x-next` is the address of the rows after them."""
        start = request.query_params.get("start", "0")
        if not start.isdecimal():
            return not_found()
        await self._delays.wait_latency()
        films = self._catalogue.search(request.query_params.get("q", ""))
        following = int(start) + RESULTS
        url = request.url.include_query_params(start=following).replace(scheme="", netloc="")
        headers = {**NO_STORE, "x-next": str(url)} if following < len(films) else NO_STORE
        return HTMLResponse(more_rows(films, int(start), _context(request)), headers=headers)

    async def picture(self, request: Request) -> Response:
        """Return a poster, a portrait or the icon."""
        await self._delays.wait_latency()
        owner = request.path_params["owner"]
        film, person = find_film(owner, self._catalogue), self._catalogue.people.get(owner)
        if film:
            svg = poster(film.id, film.title, film.year)
        elif person:
            svg = portrait(person.id, person.name)
        elif owner == "icon":
            svg = icon()
        else:
            return not_found()
        return Response(svg, media_type="image/svg+xml", headers=CACHED)

    async def livez(self, request: Request) -> Response:
        """Return 200 while the process is alive."""
        return PlainTextResponse("ok\n", headers=NO_STORE)

    async def robots(self, request: Request) -> Response:
        """Return robots.txt, which forbids one title and everything that is not for visitors."""
        return PlainTextResponse(ROBOTS)

    async def static(self, request: Request) -> Response:
        """Return a style sheet or a script."""
        return _file(request.path_params["name"])

    async def challenge_script(self, request: Request) -> Response:
        """Return the script of the bot challenge."""
        return _file("challenge.js")

    async def consent(self, request: Request) -> Response:
        """Return the document in the iframe of the consent dialog."""
        return HTMLResponse(consent_dialog(), headers=NO_STORE)


def _file(name: str) -> Response:
    if name not in _FILES:
        return not_found()
    content = resources.files(__package__).joinpath("static", name).read_bytes()
    return Response(content, media_type=_FILES[name], headers=CACHED)


def _context(request: Request) -> PageContext:
    locale = locales().get(request.query_params.get("lang", ""), english())
    return PageContext(f"{request.url.scheme}://{request.url.netloc}", request.url.path, locale)
