"""Lists of several pages, with a real browser and a real queue. Each page is a request of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from tests.scraper.page_samples import list_page
from tests.scraper.pools import pipeline_of
from tests.scraper.sites import CannedResponse, HandMade, demo_site, hand_made_site

from cinestream.bus.jetstream import Bus, Delivery
from cinestream.contracts import Kind, Lane, ScrapeRequest
from cinestream_demo.films.catalogue import open_catalogue
from cinestream_scraper.crawl.pipeline import Pipeline

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.timeout(300)]
DEMO_LIST = "list:ls000000316"
IDS = [f"tt{number:07}" for number in range(1, 8)]


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    """Yield the address of a demo site."""
    with demo_site() as url:
        yield url


@pytest.fixture
def made() -> Iterator[HandMade]:
    """Yield a hand-made site."""
    with hand_made_site() as site:
        yield site


class Queue:
    """The queue of the lane `now`: its lists are read, and its titles only noted."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.lists: list[str] = []
        self.titles: list[str] = []

    async def ask(self, request: ScrapeRequest) -> None:
        """Queue a request."""
        await self._bus.publish(request.subject, request.encode())

    async def take(self) -> list[Delivery]:
        """Return the waiting lists, or none when nothing is queued any more."""
        pull, lists = await self._bus.pull("REQUESTS", "scraper-now"), list[Delivery]()
        while not lists and (await self._bus.stream_state("REQUESTS")).messages:
            for delivery in await pull.fetch(500, wait=1):
                request = ScrapeRequest.decode(delivery.envelope)
                if request.kind is Kind.LIST:
                    lists.append(delivery)
                else:
                    self.titles.append(request.id)
                    await delivery.ack()
        return lists

    async def read(self, pipeline: Pipeline) -> None:
        """Read all lists until nothing is queued."""
        while lists := await self.take():
            for delivery in lists:
                await pipeline.handle(delivery)
                self.lists.append(ScrapeRequest.decode(delivery.envelope).id)
                await delivery.ack()


@pytest.mark.parametrize(("limit", "pages", "titles"), [(None, 4, 316), (150, 2, 150), (100, 1, 100)])
async def test_a_list_is_read_page_by_page_until_its_end_or_the_limit(
    scraper_bus: Bus, demo: str, tmp_path: Path, limit: int | None, pages: int, titles: int
) -> None:
    """Each page requests the next one. Each title is requested once, in the order of the list."""
    queue = Queue(scraper_bus)
    async with pipeline_of(scraper_bus, demo, tmp_path / "state") as reads:
        await queue.ask(ScrapeRequest.of(DEMO_LIST, lane=Lane.NOW, limit=limit))
        await queue.read(reads)
    assert queue.lists == ["ls000000316", "ls000000316-2", "ls000000316-3", "ls000000316-4"][:pages]
    assert queue.titles == [film.id for film in open_catalogue()][:titles]
    assert (await scraper_bus.stream_state("PAGES")).messages == pages


async def test_a_list_continues_after_the_scraper_was_killed(scraper_bus: Bus, demo: str, tmp_path: Path) -> None:
    """A page that was published and not acknowledged is not read again. Each page after it is read once."""
    queue = Queue(scraper_bus)
    async with pipeline_of(scraper_bus, demo, tmp_path / "state") as reads:
        await queue.ask(ScrapeRequest.of(DEMO_LIST, lane=Lane.NOW))
        (first,) = await queue.take()
        await reads.handle(first)
        await first.nak(delay=0)
        await queue.read(reads)
    # If the first page is delivered again after the second was read, the second is requested again, and is fresh.
    assert set(queue.lists) == {"ls000000316", "ls000000316-2", "ls000000316-3", "ls000000316-4"}
    assert set(queue.titles) == {film.id for film in open_catalogue()}
    assert (await scraper_bus.stream_state("PAGES")).messages == 4


async def test_a_fresh_list_continues_beyond_its_earlier_limit(scraper_bus: Bus, demo: str, tmp_path: Path) -> None:
    """The first page is stored with all its rows and names the next page. Only missing pages are read."""
    queue = Queue(scraper_bus)
    async with pipeline_of(scraper_bus, demo, tmp_path / "state") as reads:
        for limit in (50, 250):
            await queue.ask(ScrapeRequest.of(DEMO_LIST, lane=Lane.NOW, limit=limit))
            await queue.read(reads)
    assert queue.lists == ["ls000000316", "ls000000316", "ls000000316-2", "ls000000316-3"]
    assert set(queue.titles) == set([film.id for film in open_catalogue()][:250])
    assert (await scraper_bus.stream_state("PAGES")).messages == 3


async def test_rows_that_a_list_does_not_show_are_counted(scraper_bus: Bus, made: HandMade, tmp_path: Path) -> None:
    """The metric counts them: the second page of a list of nine repeats the first, and the list ends."""
    counted = "cinestream_scraper_rows_missing_total"
    before = REGISTRY.get_sample_value(counted) or 0
    made.answers["/robots.txt"] = CannedResponse("")
    made.answers["/list/ls055592025/"] = CannedResponse(list_page(IDS, total=9, more=True))
    made.answers["/list/ls055592025/?page=2"] = CannedResponse(list_page(IDS, page=2, total=9, more=True))
    queue = Queue(scraper_bus)
    async with pipeline_of(scraper_bus, made.url, tmp_path / "state") as reads:
        await queue.ask(ScrapeRequest.of("list:ls055592025", lane=Lane.NOW))
        await queue.read(reads)
    assert queue.lists == ["ls055592025", "ls055592025-2"]
    assert REGISTRY.get_sample_value(counted) == before + 2
