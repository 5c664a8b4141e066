"""The scraper with a remote browser that is away, comes later, or has no sandbox. No page fails permanently."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import anyio
import pytest
from tests.nats_server import NatsServer
from tests.paths import SCRIPTS
from tests.ports import free_port

from cinestream.bus.jetstream import Bus
from cinestream.contracts import ScrapeRequest

pytestmark = [pytest.mark.anyio, pytest.mark.browser]
IDS = ["tt0111161", "tt0068646", "tt0133093", "tt0110912", "tt0468569", "tt0137523"]


@contextmanager
def process(*command: str | os.PathLike[str], **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process, and end it at the end."""
    started = subprocess.Popen(command, env=os.environ | environment, start_new_session=True)
    try:
        yield started
    finally:
        started.terminate()
        try:
            started.wait(timeout=60)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(started.pid, signal.SIGKILL)


@pytest.mark.timeout(300)
async def test_no_page_is_lost_while_there_is_no_browser(topology: NatsServer, scraper_bus: Bus) -> None:
    """Requests wait in the queue until the Selenium server is there, and then each page is read once."""
    chromedriver = shutil.which("chromedriver")
    if not chromedriver:
        pytest.skip("no chromedriver on this machine")
    demo, selenium = free_port(), free_port()
    for id in IDS:
        request = ScrapeRequest.of(id)
        await scraper_bus.publish(request.subject, request.encode())
    settings = topology.environment("scraper") | {
        "CINESTREAM_OPS_PORT": str(free_port()),
        "CINESTREAM_IMDB_URL": f"http://127.0.0.1:{demo}",
        "CINESTREAM_SELENIUM_URL": f"http://127.0.0.1:{selenium}/wd/hub",
        "CINESTREAM_SCRAPER_SESSIONS": "1",
        "CINESTREAM_SCRAPER_RATE": "0",
        "CINESTREAM_SCRAPER_SEEDS": "tt0111161",
    }
    with (
        process(SCRIPTS / "cinestream-demo-site", "--port", str(demo)),
        process(SCRIPTS / "cinestream-scraper", **settings),
        anyio.fail_after(240),
    ):
        while (await scraper_bus.consumer_state("REQUESTS", "scraper-crawl")).redelivered < 1:
            await anyio.sleep(0.05)
        assert (await scraper_bus.stream_state("REQUESTS")).messages == len(IDS)
        with process(chromedriver, f"--port={selenium}", "--url-base=/wd/hub"):
            while (await scraper_bus.stream_state("REQUESTS")).messages:
                await anyio.sleep(0.05)
    assert (await scraper_bus.stream_state("PAGES")).messages == len(IDS)
    assert (await scraper_bus.stream_state("DEAD_LETTERS")).messages == 0
