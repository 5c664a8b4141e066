"""The web page at `/` and the health endpoints."""

from importlib.resources import files
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from cinestream.runtime.ops import Health

PAGE = Path(str(files("cinestream_stream_api.http") / "page"))
POLICY = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-cache",
}

ROBOTS = "User-agent: *\nDisallow: /api/\n"
"""The stream never ends, and a crawler would keep a place of it."""


class PageFiles(StaticFiles):
    """The files of the web page, with its security policy."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return one file."""
        response = await super().get_response(path, scope)
        response.headers.update(POLICY)
        return response


def site_router(health: Health) -> APIRouter:
    """Return the routes of the page, of the files that browsers and crawlers ask for by name, and of health."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def index() -> Response:
        return FileResponse(PAGE / "index.html", headers=POLICY)

    @router.get("/favicon.ico")
    async def favicon() -> Response:
        # Browsers ask for this name also where a page names no icon, and read the type from the header.
        return FileResponse(PAGE / "icon.svg", headers=POLICY)

    @router.get("/robots.txt")
    async def robots() -> Response:
        return PlainTextResponse(ROBOTS)

    @router.get("/livez")
    async def livez() -> Response:
        return health.livez()

    @router.get("/readyz")
    async def readyz() -> Response:
        return health.readyz()

    return router


def page_files() -> Any:
    """Return the ASGI application that serves the files of the web page."""
    return PageFiles(directory=PAGE)
