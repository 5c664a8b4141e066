"""The number of parses of a page in the pipeline, with a real browser and a real queue."""

from pathlib import Path

import pytest
from tests.scraper.page_samples import MORE, chart_page, list_page, next_page, title_page
from tests.scraper.parses import Parses
from tests.scraper.pools import pipeline_of
from tests.scraper.sites import CannedResponse, hand_made_site

from cinestream.bus.jetstream import Bus, Delivery
from cinestream.contracts import Invalid, Lane, ScrapeRequest

pytestmark = [pytest.mark.anyio, pytest.mark.browser]
IDS = [f"tt{number:07}" for number in range(1, 6)]
FOUND = {"titleResults": {"results": [{"id": id} for id in IDS]}, "findPageMeta": {"searchTerm": "x"}}
PAGES = {
    "tt0111161": title_page(alike=IDS),
    "chart:top": chart_page(IDS, more=True),
    "search:x": next_page("/find", FOUND),
    "list:ls055592025": list_page(IDS, total=99),
    "list:ls055592026": list_page(IDS, id="ls055592026", total=99, more=True),
}


async def taken(bus: Bus, request: ScrapeRequest) -> Delivery:
    """Queue a request, and take it."""
    await bus.publish(request.subject, request.encode())
    (delivery,) = await (await bus.pull("REQUESTS", "scraper-now")).fetch(1, wait=30)
    return delivery


@pytest.mark.parametrize("target", PAGES)
async def test_the_pipeline_parses_each_page_once(
    scraper_bus: Bus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    """From the browser to the stream there is one parse of its HTML and one of its data. A fresh page takes as many."""
    request = ScrapeRequest.of(target, lane=Lane.NOW, limit=2, depth=1)
    with hand_made_site() as site:
        site.answers["/robots.txt"] = CannedResponse("")
        site.answers[request.path] = CannedResponse(PAGES[target])
        async with pipeline_of(scraper_bus, site.url, tmp_path / "state") as pipeline:
            delivery = await taken(scraper_bus, request)
            parses = Parses(monkeypatch)
            await pipeline.handle(delivery)
            assert (len(parses.html), len(parses.page_data())) == (1, 1)
            await pipeline.handle(delivery)
            assert (len(parses.html) <= 2, len(parses.page_data())) == (True, 2)
    assert (await scraper_bus.stream_state("PAGES")).messages == 1


async def test_a_page_that_is_tried_again_is_parsed_once(
    scraper_bus: Bus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page of another kind is classified once, also when it fails permanently."""
    request = ScrapeRequest.of("tt0111161", lane=Lane.NOW)
    with hand_made_site() as site:
        site.answers["/robots.txt"] = CannedResponse("")
        site.answers[request.path] = CannedResponse(list_page(IDS).replace("<h1>x</h1>", MORE))
        async with pipeline_of(scraper_bus, site.url, tmp_path / "state", scraper_max_attempts=1) as pipeline:
            delivery = await taken(scraper_bus, request)
            parses = Parses(monkeypatch)
            with pytest.raises(Invalid, match="wrong-page") as error:
                await pipeline.handle(delivery)
            assert error.value.evidence
            assert (len(parses.html), len(parses.page_data())) == (0, 1)
