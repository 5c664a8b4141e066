"""The scraper as a process, and sessions that are killed: no page is lost, and no process is left."""

import os
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import anyio
import anyio.to_thread
import httpx2
import pytest
from tests.nats_server import NatsServer
from tests.paths import SCRIPTS
from tests.ports import free_port
from tests.scraper.browsers import installed_or_skip
from tests.scraper.page_samples import title_page
from tests.scraper.pools import read_page
from tests.scraper.sites import CannedResponse, HandMade, demo_site, hand_made_site

from cinestream.bus.jetstream import Bus
from cinestream.contracts import Lane, ScrapeRequest
from cinestream_scraper.browser.discovery import NoBrowser, find_browser
from cinestream_scraper.browser.errors import SessionLost
from cinestream_scraper.browser.grid import GridCapacity
from cinestream_scraper.browser.launch import BrowserLauncher
from cinestream_scraper.browser.pool import SessionPool
from cinestream_scraper.browser.process_cleanup import BrowserRun
from cinestream_scraper.browser.processes import marked
from cinestream_scraper.browser.session import BrowserSession
from cinestream_scraper.browser.visit.waits import PageTimeouts
from cinestream_scraper.crawl.pipeline import Pipeline
from cinestream_scraper.politeness.host import Host
from cinestream_scraper.service.service import open_pool
from cinestream_scraper.settings import ScraperSettings

pytestmark = [pytest.mark.anyio, pytest.mark.browser]


@pytest.fixture(scope="module", autouse=True)
def browser_there() -> None:
    """Skip the tests if there is no browser."""
    try:
        find_browser("chrome")
    except NoBrowser as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    """Yield the address of a demo site."""
    with demo_site() as url:
        yield url


@pytest.fixture
def run(tmp_path: Path) -> Iterator[BrowserRun]:
    """Yield a run, and check at its end that no browser is left."""
    run = BrowserRun.begin(tmp_path / "state")
    yield run
    left = marked(run.directory.name)
    run.end()
    assert not left


class Hanging:
    """A site with a page that comes only after `end`, and an `other` page that comes at once."""

    def __init__(self, site: HandMade) -> None:
        self._site = site
        self.site_url = site.url
        self.url = f"{site.url}/title/tt0111161/"
        self.other = f"{site.url}/title/tt0068646/"
        self._end = threading.Event()
        site.answers["/title/tt0111161/"] = CannedResponse(holds=self._end)
        site.answers["/title/tt0068646/"] = CannedResponse("well")

    async def wait_until_requested(self) -> None:
        """Wait until the browser has requested the page."""
        with anyio.fail_after(60):
            while "/title/tt0111161/" not in self._site.requested:
                await anyio.sleep(0.01)

    def end(self) -> None:
        """Let the page come at once from now on."""
        self._end.set()
        self._site.answers["/title/tt0111161/"] = CannedResponse("well")


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    """Yield a site that does not answer."""
    with hand_made_site() as site:
        hanging = Hanging(site)
        yield hanging
        hanging.end()


@pytest.fixture(params=["chrome", "firefox"])
async def pool(request: pytest.FixtureRequest, run: BrowserRun, hanging: Hanging) -> AsyncIterator[SessionPool]:
    """Yield a pool in which pages and starts may take a minute."""
    installed = installed_or_skip(request.param)
    settings = ScraperSettings(imdb_url=hanging.site_url, scraper_page_deadline=60, scraper_browser=request.param)
    pool = open_pool(settings, installed, run)
    yield pool
    await pool.close()


async def test_a_page_that_hangs_costs_only_its_session(pool: SessionPool, hanging: Hanging, run: BrowserRun) -> None:
    """The deadline ends the browser, and another one reads the next page."""
    assert (await read_page(pool, hanging.other)).status == 200
    start_included, pool._deadline = pool._deadline, 5  # the browser runs: only the page takes time
    with anyio.fail_after(90), pytest.raises(SessionLost):
        await read_page(pool, hanging.url)
    assert not marked(run.directory.name)
    pool._deadline = start_included
    hanging.end()
    assert (await read_page(pool, hanging.url)).status == 200


def kill(run: BrowserRun, what: re.Pattern[str]) -> None:
    """Kill the browser processes whose command line matches, and fail if there are none."""
    killed = 0
    for pid in marked(run.directory.name):
        with suppress(FileNotFoundError, ProcessLookupError):  # some end by themselves meanwhile
            if what.search(Path(f"/proc/{pid}/cmdline").read_text()):
                os.kill(pid, signal.SIGKILL)
                killed += 1
    assert killed


DRIVERS = re.compile(r"^[^\0]*(chrome|gecko)driver\0")
PAGES = re.compile(r"--type=renderer|\Wtab\W{0,9}$")


@pytest.mark.parametrize("what", [DRIVERS, PAGES], ids=["driver", "pages"])
async def test_a_browser_that_dies_is_replaced(
    pool: SessionPool, hanging: Hanging, run: BrowserRun, what: re.Pattern[str]
) -> None:
    """The page being read fails, no process of the dead browser is left, and the next page is read."""

    async def interrupted() -> None:
        with pytest.raises(SessionLost):
            await read_page(pool, hanging.url)

    async with anyio.create_task_group() as group:
        group.start_soon(interrupted)
        await hanging.wait_until_requested()
        kill(run, what)
    assert not marked(run.directory.name)
    hanging.end()
    assert (await read_page(pool, hanging.url)).status == 200


class Scraper:
    """`cinestream-scraper` as a process."""

    def __init__(self, nats: NatsServer, demo: str, state: Path, **settings: str) -> None:
        self.state = state
        self.runs: set[str] = set()
        self._environment = nats.environment("scraper") | {
            "CINESTREAM_IMDB_URL": demo,
            "CINESTREAM_OPS_PORT": str(free_port()),
            "CINESTREAM_SCRAPER_RATE": "0",
            "CINESTREAM_LOG_LEVEL": "warning",
            "CINESTREAM_SCRAPER_SESSIONS": "2",
            "CINESTREAM_SCRAPER_SEEDS": "chart:top",
            "CINESTREAM_SCRAPER_STATE_DIR": str(state),
            **{f"CINESTREAM_{name}": value for name, value in settings.items()},
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> subprocess.Popen[bytes]:
        """Start it."""
        self.process = subprocess.Popen([SCRIPTS / "cinestream-scraper"], env=os.environ | self._environment)
        return self.process

    def browsers(self) -> int:
        """Return the number of living browser processes, those of earlier runs included."""
        if self.state.is_dir():
            self.runs |= {path.name for path in self.state.iterdir() if path.is_dir()}
        return sum(len(marked(run)) for run in self.runs)


@pytest.fixture
async def bus(topology: NatsServer) -> AsyncIterator[Bus]:
    """Yield a connection with the permissions of the scraper."""
    bus = await topology.connect("scraper")
    yield bus
    await bus.close()


async def published(bus: Bus, *, minimum: int) -> int:
    """Wait for at least so many pages, and return how many are stored."""
    with anyio.fail_after(200):
        while (count := (await bus.stream_state("PAGES")).messages) < minimum:
            await anyio.sleep(0.02)
    return count


@pytest.mark.timeout(300)
async def test_a_stopped_scraper_leaves_nothing(topology: NatsServer, bus: Bus, demo: str, tmp_path: Path) -> None:
    """Stopped in the middle of its work, it exits with code 0, leaves no browser, and gives back its requests."""
    scraper = Scraper(topology, demo, tmp_path / "state")
    process = scraper.start()
    await published(bus, minimum=6)
    assert scraper.browsers()
    process.send_signal(signal.SIGTERM)
    with anyio.fail_after(90):
        code = await anyio.to_thread.run_sync(process.wait)
    assert code == 0
    assert scraper.browsers() == 0
    assert [path.name for path in scraper.state.iterdir()] == ["lock"]
    stored, queued = await bus.stream_state("PAGES"), await bus.stream_state("REQUESTS")
    assert stored.messages + queued.messages == 251
    assert (await bus.consumer_state("REQUESTS", "scraper-crawl")).unacknowledged == 0


@pytest.mark.timeout(600)
async def test_a_killed_scraper_loses_no_page(topology: NatsServer, bus: Bus, tmp_path: Path) -> None:
    """Killed twice at work, it loses no page, repeats only those being read, and leaves no browser."""
    with demo_site("--films", "250") as demo:
        scraper = Scraper(topology, demo, tmp_path / "state", SCRAPER_SEEDS="chart:moviemeter")
        minimum = 5
        for _ in range(2):
            process = scraper.start()
            count = await published(bus, minimum=minimum)
            assert scraper.browsers()
            process.kill()
            process.wait()
            minimum = count + 20
        process = scraper.start()
        with anyio.fail_after(300):
            while (await bus.stream_state("REQUESTS")).messages:
                await anyio.sleep(0.1)
        process.terminate()
        assert process.wait(timeout=60) == 0
    assert scraper.browsers() == 0
    etl = await topology.connect("etl")
    stored = await (await etl.pull("PAGES", "etl")).fetch(200, wait=1)
    await etl.close()
    assert len({delivery.subject for delivery in stored}) == 100
    assert len(stored) <= 100 + 2 * 2


def listens(port: int) -> bool:
    """Return True if something accepts connections there."""
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


async def test_a_title_in_both_lanes_is_read_once(scraper_bus: Bus, run: BrowserRun) -> None:
    """The second request waits for the page of the first."""
    with hand_made_site() as site:
        settings = ScraperSettings(imdb_url=site.url, scraper_rate=0)
        pool = open_pool(settings, find_browser("chrome"), run)
        end = threading.Event()
        site.answers["/title/tt0111161/"] = CannedResponse(title_page(), holds=end)
        for lane in Lane:
            request = ScrapeRequest.of("tt0111161", lane=lane)
            await scraper_bus.publish(request.subject, request.encode())
        async with httpx2.AsyncClient() as client, anyio.create_task_group() as group:
            pipeline = Pipeline(settings, scraper_bus, pool, Host(settings, client))
            for lane in Lane:
                (delivery,) = await (await scraper_bus.pull("REQUESTS", f"scraper-{lane}")).fetch(1, wait=30)
                group.start_soon(pipeline.handle, delivery)
            await anyio.to_thread.run_sync(site.wait_until_requested, "/title/tt0111161/")
            end.set()
        await pool.close()
        assert site.requested.count("/title/tt0111161/") == 1
    assert (await scraper_bus.stream_state("PAGES")).messages == 1


@pytest.fixture
def selenium() -> Iterator[str]:
    """Yield the address of a remote driver."""
    port = free_port()
    command = [find_browser("chrome").driver, f"--port={port}", "--url-base=/wd/hub"]
    process = subprocess.Popen(command, start_new_session=True)
    deadline = time.monotonic() + 60
    while not listens(port):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}/wd/hub"
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


async def open_on(selenium: str) -> int:
    """Return the number of open sessions of a remote driver."""
    async with httpx2.AsyncClient() as client:
        return len((await client.get(f"{selenium}/sessions")).json()["value"])


async def test_sessions_on_a_selenium_server_do_not_outlive_their_scraper(
    selenium: str, demo: str, tmp_path: Path
) -> None:
    """Neither a scraper that ends nor one that is killed leaves a session on the server."""
    settings = ScraperSettings(imdb_url=demo, selenium_url=selenium, scraper_page_deadline=60)
    run = BrowserRun.begin(tmp_path)
    url = f"{demo}/title/tt0068646/"
    pool = open_pool(settings, None, run)
    for _ in range(2):
        assert (await read_page(pool, url)).status == 200
        assert await open_on(selenium) == 1
        await pool.close()
        assert await open_on(selenium) == 0
    assert (await read_page(pool, url)).status == 200
    run._lock.close()  # as the kernel does for a scraper that is killed
    BrowserRun.begin(tmp_path).end()
    assert await open_on(selenium) == 0


@pytest.mark.parametrize(("pages", "memory", "opened"), [(2, 0, 2), (500, 1, 1), (500, 0, 1)])
async def test_a_browser_is_replaced_at_its_limits(
    run: BrowserRun, demo: str, pages: int, memory: int, opened: int
) -> None:
    """It is replaced at its limit of pages, and nothing of it is left. Memory is checked every ten pages."""
    settings = ScraperSettings(imdb_url=demo, scraper_session_pages=pages, scraper_session_memory=memory)
    pool = open_pool(settings, find_browser("chrome"), run)
    for _ in range(3):
        assert (await read_page(pool, f"{demo}/title/tt0068646/")).status == 200
    assert {path.name for path in run.directory.iterdir() if path.is_dir()} == {str(opened)}
    await pool.close()


async def test_no_more_browsers_are_opened_than_the_server_allows(run: BrowserRun, demo: str) -> None:
    """A reading without a session waits for the next idle one."""
    settings = ScraperSettings(imdb_url=demo)
    launch = BrowserLauncher(settings, find_browser("chrome"))
    with hand_made_site() as grid:
        grid.answers["/status"] = CannedResponse('{"value":{"nodes":[{"maxSessions":1}]}}')
        pool = SessionPool(
            lambda name: BrowserSession(name, launch, run, PageTimeouts()), deadline=60, capacity=GridCapacity(grid.url)
        )
        try:
            with anyio.fail_after(100):
                async with anyio.create_task_group() as group:
                    for _ in range(3):
                        group.start_soon(read_page, pool, f"{demo}/title/tt0068646/")
            assert {path.name for path in run.directory.iterdir() if path.is_dir()} == {"1"}
        finally:
            await pool.close()


@pytest.mark.parametrize("status", [202, 429])
async def test_a_page_that_was_refused_is_left(run: BrowserRun, status: int) -> None:
    """It could continue to send requests while the site is paused."""
    with hand_made_site() as site:
        site.answers["/title/tt0111161/"] = CannedResponse("<meta http-equiv=refresh content=1>x", status=status)
        launch = BrowserLauncher(ScraperSettings(imdb_url=site.url), find_browser("chrome"))
        session = BrowserSession("1", launch, run, PageTimeouts(challenge=1))
        pool = SessionPool(lambda _: session, deadline=60)
        assert (await read_page(pool, f"{site.url}/title/tt0111161/")).status == status
        assert session._driver
        assert session._driver.current_url == "about:blank"
        await pool.close()


async def test_a_browser_that_needs_too_much_memory_is_replaced(run: BrowserRun, demo: str) -> None:
    """A browser whose memory is above the limit is ended."""
    settings = ScraperSettings(imdb_url=demo, scraper_session_memory=1)
    pool = open_pool(settings, find_browser("chrome"), run)
    for _ in range(10):
        await read_page(pool, f"{demo}/title/tt0068646/")
    assert not marked(run.directory.name)
    await pool.close()
