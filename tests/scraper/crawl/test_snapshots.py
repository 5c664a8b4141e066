"""The snapshot of a page that a real browser read and that failed permanently, beside its dead letter."""

from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import anyio.to_thread
import httpx2
import orjson
import pytest
from tests.main_function import invoke
from tests.nats_server import NatsServer
from tests.scraper.sites import CannedResponse, HandMade, hand_made_site

from cinestream.bus.consume import Work, consume
from cinestream.bus.jetstream import Bus
from cinestream.contracts import DeadLetter, ScrapeRequest
from cinestream_scraper import metrics
from cinestream_scraper.__main__ import main
from cinestream_scraper.browser.discovery import NoBrowser, find_browser
from cinestream_scraper.browser.process_cleanup import BrowserRun
from cinestream_scraper.crawl.pipeline import Pipeline
from cinestream_scraper.politeness.host import Host
from cinestream_scraper.service.service import open_pool
from cinestream_scraper.settings import ScraperSettings

pytestmark = [pytest.mark.anyio, pytest.mark.browser]
PAGE = "<html><script>console.warn('the wheel is off')</script><h1>Sorry</h1></html>"


@pytest.fixture
async def site() -> AsyncIterator[HandMade]:
    """Yield a site whose page fails."""
    with hand_made_site() as site:
        site.answers["/robots.txt"] = CannedResponse("")
        site.answers["/title/tt0000001/"] = CannedResponse(PAGE, status=503)
        yield site


async def letter_of(bus: Bus, site: HandMade, state: Path, target: str) -> DeadLetter:
    """Return the dead letter of a target whose page is read once."""
    try:
        installed = find_browser("chrome")
    except NoBrowser as error:
        pytest.skip(str(error))
    settings = ScraperSettings(imdb_url=site.url, scraper_rate=0, scraper_max_attempts=1)
    request, run, stop = ScrapeRequest.of(target), BrowserRun.begin(state), anyio.Event()
    sessions = open_pool(settings, installed, run)
    await bus.publish(request.subject, request.encode())
    pull = await bus.pull("REQUESTS", "scraper-crawl")
    try:
        async with httpx2.AsyncClient() as client, anyio.create_task_group() as group:
            pipeline = Pipeline(settings, bus, sessions, Host(settings, client))

            async def take() -> None:
                work = Work("scraper", concurrency=1)
                await consume(bus, [pull], pipeline.handle, work=work, metrics=metrics.REQUEST_LOOP, stop=stop)

            group.start_soon(take)
            with anyio.fail_after(100):
                while not (stored := await bus.read("DEAD_LETTERS", start=1, limit=1)):
                    await anyio.sleep(0.05)
            stop.set()
    finally:
        await sessions.close()
        run.end()
    return DeadLetter.decode(stored[0].envelope)


async def run_command(nats: NatsServer, *arguments: str) -> tuple[int, str]:
    """Run the command. Return its exit code and its output."""
    environment = nats.environment("scraper")
    result = await anyio.to_thread.run_sync(lambda: invoke(main, ["dead-letters", *arguments], environment))
    return result.exit_code, result.output


async def test_the_snapshot_of_a_given_up_page_can_be_fetched(
    topology: NatsServer, scraper_bus: Bus, site: HandMade, tmp_path: Path
) -> None:
    """The letter names the snapshot, and one command fetches screenshot, HTML, status, console and timing."""
    letter = await letter_of(scraper_bus, site, tmp_path / "state", "tt0000001")
    assert letter.snapshot
    assert letter.snapshot.startswith("title-tt0000001-")
    assert letter.snapshot in (await run_command(topology, "show", "1"))[1]
    code, output = await run_command(topology, "snapshot", "1", "--out", str(tmp_path / "out"))
    assert code == 0, output
    (tmp_path / "file").write_text("")
    code, output = await run_command(topology, "snapshot", "1", "--out", str(tmp_path / "file" / "out"))
    assert (code, "cannot be written (Not a directory)" in output.replace("\n", " ")) == (1, True)
    files = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert files["screenshot.png"].startswith(b"\x89PNG")
    assert b"<h1>Sorry</h1>" in files["page.html"]
    assert b"the wheel is off" in files["console.log"]
    facts = orjson.loads(files["facts.json"])
    assert (facts["status"], facts["timing"]["responseStatus"]) == (503, 503)
    assert "HTTP 503" in facts["why"]


async def test_a_snapshot_that_cannot_be_stored_costs_no_letter(
    topology: NatsServer, scraper_bus: Bus, site: HandMade, tmp_path: Path
) -> None:
    """The bucket refuses everything. The letter is written, and the command says that it has no snapshot."""
    admin = await topology.connect("topology")
    info = await admin.declare("STREAM.INFO.OBJ_snapshots", {})
    await admin.declare("STREAM.UPDATE.OBJ_snapshots", {**info["config"], "max_msg_size": 16})
    await admin.close()
    letter = await letter_of(scraper_bus, site, tmp_path / "state", "tt0000001")
    assert (letter.snapshot, "HTTP 503" in letter.reason) == (None, True)
    code, output = await run_command(topology, "snapshot", "1")
    assert (code, "has no snapshot" in output) == (1, True)


async def test_a_page_that_was_never_opened_has_no_snapshot(
    topology: NatsServer, scraper_bus: Bus, site: HandMade, tmp_path: Path
) -> None:
    """A page that robots.txt forbids needs no browser."""
    site.answers["/robots.txt"] = CannedResponse("User-agent: *\nDisallow: /title/tt0000001/\n")
    letter = await letter_of(scraper_bus, site, tmp_path / "state", "tt0000001")
    assert (letter.snapshot, "robots.txt" in letter.reason) == (None, True)
    assert site.requested == ["/robots.txt"]
