"""What is not a page: pictures, style and scripts, robots.txt, the consent dialog, parts that pages load later."""

from __future__ import annotations

from importlib import resources

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from cinestream_demo.films.catalogue import Catalogue
from cinestream_demo.films.locales import english, locales
from cinestream_demo.films.reserved import film_of
from cinestream_demo.pages.nodes import Visit
from cinestream_demo.pages.other_pages import consent_dialog
from cinestream_demo.pages.pictures import icon, portrait, poster
from cinestream_demo.pages.search_page import RESULTS, more_rows
from cinestream_demo.pages.title_page import SECTIONS, title_section
from cinestream_demo.site.pauses import Pauses
from cinestream_demo.site.refusals import NO_STORE, not_found
from cinestream_demo.site.requests_log import RequestsLog

ROBOTS = """\
User-agent: *
Disallow: /__demo__/
Disallow: /registration/
Disallow: /title/tt9900666/
"""
KEEP = {"cache-control": "max-age=3600"}
_SCRIPT, _STYLE = "text/javascript", "text/css"
_FILES = {"site.css": _STYLE, "site.js": _SCRIPT, "consent.js": _SCRIPT, "challenge.js": _SCRIPT}


class Assets:
    """Handlers for all of it. What costs a real site some work waits for the latency."""

    def __init__(self, catalogue: Catalogue, log: RequestsLog, pauses: Pauses) -> None:
        self._catalogue = catalogue
        self._log = log
        self._pauses = pauses

    def routes(self) -> list[Route]:
        """Where each of them is."""
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
        """A part of a title page, as HTML for its place."""
        film, section = film_of(request.path_params["film_id"], self._catalogue), request.path_params["section"]
        if film is None or section not in SECTIONS:
            return not_found()
        await self._pauses.latency()
        self._log.served("section")
        html = title_section(section, film, self._catalogue.more_like(film), _visit(request))
        return HTMLResponse(html, headers=NO_STORE)

    async def more_results(self, request: Request) -> Response:
        """The next rows of a search; the header `x-next` says where the ones after them are."""
        start = request.query_params.get("start", "0")
        if not start.isdecimal():
            return not_found()
        await self._pauses.latency()
        films = self._catalogue.search(request.query_params.get("q", ""))
        following = int(start) + RESULTS
        url = request.url.include_query_params(start=following).replace(scheme="", netloc="")
        headers = {**NO_STORE, "x-next": str(url)} if following < len(films) else NO_STORE
        return HTMLResponse(more_rows(films, int(start), _visit(request)), headers=headers)

    async def picture(self, request: Request) -> Response:
        """A poster, a portrait or the icon."""
        await self._pauses.latency()
        owner = request.path_params["owner"]
        film, person = film_of(owner, self._catalogue), self._catalogue.people.get(owner)
        if film:
            svg = poster(film.id, film.title, film.year)
        elif person:
            svg = portrait(person.id, person.name)
        elif owner == "icon":
            svg = icon()
        else:
            return not_found()
        return Response(svg, media_type="image/svg+xml", headers=KEEP)

    async def livez(self, request: Request) -> Response:
        """The process answers."""
        return PlainTextResponse("ok\n", headers=NO_STORE)

    async def robots(self, request: Request) -> Response:
        """What robots may fetch: all but one title and what is not for visitors."""
        return PlainTextResponse(ROBOTS)

    async def static(self, request: Request) -> Response:
        """Style and scripts."""
        return _file(request.path_params["name"])

    async def challenge_script(self, request: Request) -> Response:
        """The script of the bot challenge."""
        return _file("challenge.js")

    async def consent(self, request: Request) -> Response:
        """The page in the dialog's iframe."""
        return HTMLResponse(consent_dialog(), headers=NO_STORE)


def _file(name: str) -> Response:
    if name not in _FILES:
        return not_found()
    content = resources.files(__package__).joinpath("static", name).read_bytes()
    return Response(content, media_type=_FILES[name], headers=KEEP)


def _visit(request: Request) -> Visit:
    locale = locales().get(request.query_params.get("lang", ""), english())
    return Visit(f"{request.url.scheme}://{request.url.netloc}", request.url.path, locale)
