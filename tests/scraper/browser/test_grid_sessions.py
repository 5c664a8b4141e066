"""Browsers of a Selenium server: of the published container, and of a Grid with limits."""

import math
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import anyio
import httpx2
import pytest
from tests.scraper.grids import SESSIONS, grid
from tests.scraper.page_samples import title_page
from tests.scraper.pools import read_page
from tests.scraper.sites import CannedResponse, HandMade, hand_made_site

from cinestream.contracts import Invalid
from cinestream_scraper.browser.errors import BrowserUnavailable, SessionLost
from cinestream_scraper.browser.grid import GridCapacity, sessions_of
from cinestream_scraper.browser.pool import SessionPool
from cinestream_scraper.browser.process_cleanup import BrowserRun
from cinestream_scraper.service.service import open_pool
from cinestream_scraper.settings import ScraperSettings

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.timeout(400)]
PATH = "/title/tt0111161/"


@pytest.fixture(scope="module", params=["container", "jar"])
def server(request: pytest.FixtureRequest) -> Iterator[str]:
    """Yield the address of a Selenium server."""
    with grid(request.param) as url:
        yield url


@pytest.fixture
def site() -> Iterator[HandMade]:
    """Yield the site that is read."""
    with hand_made_site() as site:
        site.answers[PATH] = CannedResponse(title_page())
        yield site


@pytest.fixture(params=["chrome", "firefox"])
async def pool(
    request: pytest.FixtureRequest, server: str, site: HandMade, tmp_path: Path
) -> AsyncIterator[SessionPool]:
    """Yield a pool of one of its browsers."""
    if request.param == "firefox" and "firefox" not in httpx2.get(f"{server}/status", timeout=20).text:
        pytest.skip("that server has no Firefox")
    settings = ScraperSettings(
        imdb_url=site.url, selenium_url=server, scraper_browser=request.param, scraper_page_deadline=90
    )
    run = BrowserRun.begin(tmp_path)
    pool = open_pool(settings, None, run)
    yield pool
    await pool.close()
    run.end()


async def open_on(server: str) -> float:
    """Return the number of open sessions of a Grid."""
    async with httpx2.AsyncClient(timeout=20) as client:
        status = (await client.get(f"{server}/status")).json()
    if sessions_of(status) == math.inf:
        pytest.skip("that server is a plain driver: it knows no limits")
    return sum(bool(slot["session"]) for node in status["value"]["nodes"] for slot in node["slots"])


async def none_open_on(server: str) -> None:
    """Wait until a Grid has ended all sessions."""
    with anyio.fail_after(120):
        while await open_on(server):
            await anyio.sleep(0.1)


async def test_a_remote_browser_contacts_no_host_that_is_not_allowed(pool: SessionPool, site: HandMade) -> None:
    """The guard works through the server: a redirect is refused before the other host is contacted."""
    assert (await read_page(pool, site.url + PATH)).status == 200
    with hand_made_site() as foreign:
        site.answers[PATH] = CannedResponse(status=302, headers={"Location": foreign.url + PATH})
        with pytest.raises(Invalid, match="not allowed"):
            await read_page(pool, site.url + PATH)
        assert foreign.requested == []
    site.answers[PATH] = CannedResponse(status=429, headers={"Retry-After": "7"})
    reading = await read_page(pool, site.url + PATH)
    assert (reading.status, reading.retry_after) == (429, "7")


async def read(pool: SessionPool, url: str) -> None:
    """Read a page, and try again where no browser could be started on a busy machine."""
    while True:
        with suppress(BrowserUnavailable):
            assert (await read_page(pool, url)).status == 200
            return


@pytest.mark.parametrize("pool", ["chrome"], indirect=True)
async def test_the_limit_of_a_grid_is_respected(pool: SessionPool, site: HandMade, server: str) -> None:
    """More readings than its capacity: all pages are read, by as many browsers as it allows."""
    await none_open_on(server)
    assert await GridCapacity(server).max_sessions() == SESSIONS
    with anyio.fail_after(200):
        async with anyio.create_task_group() as group:
            for _ in range(SESSIONS + 2):
                group.start_soon(read, pool, site.url + PATH)
    assert site.requested.count(PATH) == SESSIONS + 2
    assert 1 <= await open_on(server) <= SESSIONS
    await pool.close()
    await none_open_on(server)


@pytest.mark.parametrize("pool", ["chrome"], indirect=True)
async def test_a_session_that_a_grid_ended_is_replaced(pool: SessionPool, site: HandMade, server: str) -> None:
    """The Grid ends an idle session. The page fails once, and another session then reads it."""
    await open_on(server)
    await read(pool, site.url + PATH)
    await none_open_on(server)
    with pytest.raises(SessionLost):
        await read_page(pool, site.url + PATH)
    await read(pool, site.url + PATH)
