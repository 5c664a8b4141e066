"""The number of parses of a page: one of its HTML, and one of each of its JSON documents."""

import pytest
from tests.scraper.page_samples import MORE, chart_page, legacy_page, list_page, next_page, reading, title_page
from tests.scraper.parses import Parses

from cinestream.contracts import Outcome, ScrapeRequest
from cinestream_scraper.crawl.raw_page import raw_page_of
from cinestream_scraper.pages.links import links_of, links_of_stored
from cinestream_scraper.pages.page import Page
from cinestream_scraper.pages.targets import Target
from cinestream_scraper.pages.verdict import judge

IDS = [f"tt{number:07}" for number in range(1, 26)]
LINKED_DATA = '<script type="application/ld+json">{"@type": "Movie", "url": "/title/tt0111161/"}</script>'
FOUND = {"titleResults": {"results": [{"id": id} for id in IDS]}, "findPageMeta": {"searchTerm": "x"}}


@pytest.fixture
def parses(monkeypatch: pytest.MonkeyPatch) -> Parses:
    """Return a count of the parses of a test."""
    return Parses(monkeypatch)


PAGES = {
    "title": ("tt0111161", title_page(alike=IDS), Outcome.FILM, 1),
    "title with JSON-LD": ("tt0111161", title_page().replace("</head>", f"{LINKED_DATA}</head>"), Outcome.FILM, 2),
    "title before 2021": ("tt0133093", legacy_page(), Outcome.FILM, 0),
    "chart": ("chart:top", chart_page(IDS), Outcome.CHART, 1),
    "chart that shows more": ("chart:top", chart_page(IDS, more=True).replace("<h1>x</h1>", MORE), Outcome.CHART, 1),
    "search": ("search:x", next_page("/find", FOUND), Outcome.SEARCH, 1),
    "list": ("list:ls055592025", list_page(IDS, total=99), Outcome.LIST, 1),
    "list with a next page": ("list:ls055592025", list_page(IDS, total=99, more=True), Outcome.LIST, 1),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_was_read_is_parsed_once(parses: Parses, name: str) -> None:
    """Verdict, links and publication share one parse of the HTML, and one of each JSON document in it."""
    target, html, outcome, json_documents = PAGES[name]
    request = ScrapeRequest.of(target, depth=1)
    read = reading(html, url=f"https://www.imdb.com{request.path}")
    judgement = judge(read, Target(request.kind, request.id))
    links_of(request, read.page, judgement)
    assert raw_page_of(Target(request.kind, request.id), read, judgement).outcome is outcome
    # The data of a chart holds all that is needed of it, unless it shows more rows: then no HTML is parsed at all.
    assert parses.html == ([] if name == "chart" else [html.encode()])
    assert len(parses.json) == len(set(parses.json)) == json_documents


@pytest.mark.parametrize("name", PAGES)
def test_a_stored_page_is_parsed_once(parses: Parses, name: str) -> None:
    """The links of a fresh page need its HTML at most once, and its data at most once."""
    target, html, _, _ = PAGES[name]
    links_of_stored(ScrapeRequest.of(target, depth=1), Page(html))
    assert len(parses.html) <= 1
    assert len(parses.json) <= 1
