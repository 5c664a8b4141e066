"""Fixtures of the demo site: in the process by ASGI, and by real HTTP on a port of its own."""

import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx2
import orjson
import pytest
import uvicorn

from cinestream_demo.films.catalogue import FilmCatalogue, open_catalogue
from cinestream_demo.site.serve import open_socket
from cinestream_demo.site.site import DemoSite, SiteOptions

Json = Any


def next_data(page: str) -> Json:
    """Return the `__NEXT_DATA__` of a page."""
    start = page.index(">", page.index('id="__NEXT_DATA__"')) + 1
    return orjson.loads(page[start : page.index("</script>", start)])


def linked_data(page: str) -> Json:
    """Return the `ld+json` of a page."""
    start = page.index(">", page.index("application/ld+json")) + 1
    return orjson.loads(page[start : page.index("</script>", start)])


def visitor(site: DemoSite) -> httpx2.AsyncClient:
    """Return a client of the site that does not follow redirects."""
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=site.app), base_url="http://demo")


@pytest.fixture(scope="session")
def catalogue() -> FilmCatalogue:
    """Return the bundled films."""
    return open_catalogue()


@pytest.fixture
def site(catalogue: FilmCatalogue) -> DemoSite:
    """Return a site without the consent dialog and with a constant clock."""
    return DemoSite(catalogue, SiteOptions(consent="off", clock=lambda: 1_800_000_000.0))


@pytest.fixture
async def client(site: DemoSite) -> AsyncIterator[httpx2.AsyncClient]:
    """Open a client of that site."""
    async with visitor(site) as client:
        yield client


@pytest.fixture(scope="session")
def served(catalogue: FilmCatalogue) -> Iterator[str]:
    """Serve a site with default options by uvicorn, and yield its address."""
    listener = open_socket("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(DemoSite(catalogue).app, log_level="warning", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
