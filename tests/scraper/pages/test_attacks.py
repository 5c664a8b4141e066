"""Pages that are made to be slow cost the scraper little time."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.attack_pages import ID, MAX_CPU_SECONDS, attacks, cpu_seconds
from tests.scraper.page_samples import reading, title

from cinestream.contracts import ScrapeRequest
from cinestream_scraper.archive.importer import judge_saved
from cinestream_scraper.archive.warc import pages_in
from cinestream_scraper.pages.links import links_of, links_of_stored
from cinestream_scraper.pages.verdict import Verdict, judge
from cinestream_scraper.site import Site

PAGES = attacks("modern", "2015")
SAVED = ("marks in the plot", "states", "nested (modern)", "fonts (modern)", "entities (modern)", "linked numbers")


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_hostile_page_is_judged_within_a_second(page: Callable[[], str]) -> None:
    """Each page has a verdict with a short reason, and requests that follow from it."""
    html = page()

    def read() -> None:
        found = reading(html)
        request = ScrapeRequest.of(ID, depth=1, limit=100)
        judgement = judge(found, title())
        assert len(judgement.why) < 500
        links_of(request, found.page, judgement)
        links_of_stored(ScrapeRequest.of("list:ls055592025", limit=100), found.page)

    assert cpu_seconds(read) < MAX_CPU_SECONDS


@pytest.mark.parametrize("name", ["nested (modern)", "attributes (modern)", "lists (2015)", "formatting (modern)"])
def test_a_page_beyond_the_limits_is_a_wrong_page(name: str) -> None:
    """It is not published, and the verdict names the reason."""
    judgement = judge(reading({**PAGES, **attacks("2015")}[name]()), title())
    assert judgement.verdict is Verdict.WRONG_PAGE
    assert "too many or too deep" in judgement.why


@pytest.mark.parametrize(
    "html", [*(PAGES[name] for name in SAVED), lambda: "<meta " * 1_600_000], ids=[*SAVED, "metas"]
)
def test_a_hostile_file_is_imported_within_a_second(tmp_path: Path, html: Callable[[], str]) -> None:
    """A saved page is read from its file and judged like one from the browser."""
    file = tmp_path / "page.html"
    file.write_text(html(), "utf-8")
    assert (
        cpu_seconds(lambda: [judge_saved(saved, Site.of("http://localhost")) for saved in pages_in(file)])
        < MAX_CPU_SECONDS
    )
