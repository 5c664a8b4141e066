"""The next page of a list or a search, and its end."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.scraper.page_samples import MORE, chart_page, list_page, reading, row, titles_in
from tests.scraper.page_samples import next_page as page_of
from tests.scraper.pages.test_real_pages import text

from cinestream.contracts import Kind, Lane, ScrapeRequest
from cinestream_scraper.pages.links import links_of
from cinestream_scraper.pages.page import Page
from cinestream_scraper.pages.pagination import missing_rows, next_page, offers_more
from cinestream_scraper.pages.rows import TitleRows
from cinestream_scraper.pages.targets import Target
from cinestream_scraper.pages.verdict import Verdict, judge
from cinestream_scraper.site import Site

LIST = "list:ls055592025"
SEARCH = "search:/search/title/?genres=drama"
IDS = [f"tt{number:07}" for number in range(1, 6)]


def linked(href: str, how: str = 'a class="next-page"') -> str:
    """Return a page with rows that links to its next one."""
    return f"<html><body>{''.join(map(row, IDS))}<{how} href='{href}'>Next</a></body></html>"


def following_page(request: ScrapeRequest, html: str) -> ScrapeRequest | None:
    """Return the request for the page after this one."""
    return next_page(request, TitleRows(Page(html)))


def missing(request: ScrapeRequest, html: str) -> int:
    """Return the number of rows that this page lacks."""
    return missing_rows(request, TitleRows(Page(html)))


def expandable(request: ScrapeRequest, html: str) -> bool:
    """Return True if a click on this page would show more of its rows."""
    return offers_more(request, TitleRows(Page(html)))


def test_the_data_of_a_list_leads_to_its_next_page() -> None:
    """The request for the next page is like its own, with the rest of the limit."""
    request = ScrapeRequest.of(LIST, lane=Lane.NOW, force=True, limit=12, depth=2)
    following = following_page(request, list_page(IDS, more=True))
    assert following == ScrapeRequest(
        kind=Kind.LIST, id="ls055592025-2", lane=Lane.NOW, force=True, limit=7, depth=2, before=5, after=IDS[0]
    )
    third = following_page(following, list_page(["tt0000010", *IDS[1:]], page=2, more=True))
    assert third
    assert (third.path, third.limit, third.before) == ("/list/ls055592025/?page=3", 2, 10)
    assert ScrapeRequest.decode(third.encode()) == third
    assert following_page(third, list_page(["tt0000020", *IDS[1:]], page=3, more=True)) is None


@pytest.mark.parametrize(
    ("target", "href", "path"),
    [
        (LIST, "?page=2", "/list/ls055592025/?page=2"),
        (LIST, "/list/ls055592025/?sort=list_order,asc&page=2&ref_=x", "/list/ls055592025/?page=2"),
        (LIST + "-2", "?page=3", "/list/ls055592025/?page=3"),
        (LIST + "-2", "?page=2", None),
        (LIST + "-2", "?page=1", None),
        (LIST + "-2", "", None),
        (LIST, "/list/ls055592026/?page=2", None),
        (LIST, "/title/tt0111161/", None),
        (LIST, "/chart/top/?page=2", None),
        (LIST, "javascript:void(0)", None),
        (LIST, "http://[", None),
        (SEARCH, "?genres=drama&start=51&ref_=adv_nxt", "/search/title/?genres=drama&start=51"),
        (SEARCH, "https://www.imdb.com/search/title/?genres=drama&page=2", "/search/title/?genres=drama&page=2"),
        (SEARCH + "&start=51", "?genres=drama&start=101", "/search/title/?genres=drama&start=101"),
        (SEARCH + "&start=51", "?genres=drama&start=1", None),
        (SEARCH + "&start=51", "?genres=drama&start=51", None),
        (SEARCH, "?genres=comedy&start=51", None),
        (SEARCH, "/find/?q=drama&start=51", None),
        ("chart:top", "/chart/top/?page=2", None),
        ("tt0111161", "/title/tt0068646/", None),
    ],
)
def test_the_next_page_is_a_later_one_of_the_same(target: str, href: str, path: str | None) -> None:
    """A link to another list, an earlier page or the same page is the end."""
    for how in (
        'a class="lister-page-next next-page"',
        "a rel=next",
        "link rel=next",
        'a data-testid="index-pagination-nxt"',
    ):
        following = following_page(ScrapeRequest.of(target), linked(href, how))
        assert (following.path if following else None) == path


def test_a_repeated_page_is_the_end() -> None:
    """Some sites show their last page for any higher number. A page without rows is the end as well."""
    request = ScrapeRequest.of(LIST + "-2").model_copy(update={"after": IDS[0]})
    assert following_page(request, list_page(IDS, page=2, more=True)) is None
    assert following_page(ScrapeRequest.of(LIST), list_page([], more=True)) is None


def test_an_endless_list_is_read_up_to_the_highest_limit() -> None:
    """The highest limit applies if the request has none."""
    request, read = ScrapeRequest.of(LIST), 0
    for number in range(1, 1000):
        rows = [f"tt{number:04}{row:03}" for row in range(250)]
        read += 1
        following = following_page(request, list_page(rows, page=number, more=True))
        if following is None:
            break
        request = following
    assert read == 10_000 // 250


def test_missing_rows_are_counted() -> None:
    """The number follows from the list's own total, or from the limit."""
    request = ScrapeRequest.of(LIST)
    assert missing(request, list_page(IDS)) == 0
    assert missing(request, list_page(IDS, total=9)) == 4
    assert missing(request, list_page([], total=9)) == 9
    assert missing(ScrapeRequest.of(LIST, limit=6), list_page(IDS, total=9)) == 1
    assert missing(ScrapeRequest.of(LIST, limit=2), list_page(IDS, total=9)) == 0
    last = ScrapeRequest.of(LIST + "-2").model_copy(update={"before": 5, "after": IDS[0]})
    assert missing(last, list_page(IDS, page=2, total=9)) == 4
    assert missing(last, list_page(IDS[1:], page=2, total=9)) == 0
    assert missing(ScrapeRequest.of("chart:top"), list_page(IDS, total=9)) == 0


def test_a_page_that_would_show_more_is_detected_by_its_button() -> None:
    """A total does not count: a list may count titles that it never shows. A chart's data may hold all rows."""
    list, chart = ScrapeRequest.of(LIST), ScrapeRequest.of("chart:top")
    assert not expandable(list, list_page(IDS, total=9))
    assert expandable(list, list_page(IDS).replace("<h1>x</h1>", MORE))
    assert not expandable(ScrapeRequest.of(LIST, limit=5), list_page(IDS).replace("<h1>x</h1>", MORE))
    assert not expandable(chart, chart_page(IDS).replace("<h1>x</h1>", MORE))
    assert expandable(chart, chart_page(IDS, more=True).replace("<h1>x</h1>", MORE))
    assert not expandable(chart, chart_page(IDS, more=True))


@pytest.mark.parametrize(("more", "missed"), [(True, 0), (False, 4)])
def test_rows_on_a_further_page_are_not_missing(more: bool, missed: int) -> None:
    """Only the last page of a list states how many rows were not shown."""
    request, html = ScrapeRequest.of(LIST), list_page(IDS, total=9, more=more)
    read = reading(html, url="https://www.imdb.com/list/ls055592025/")
    judgement = judge(read, Target(request.kind, request.id))
    led = links_of(request, read.page, judgement)
    assert (led.missing, len(led.requests)) == (missed, len(IDS) + more)


def test_missing_rows_of_a_search_are_counted() -> None:
    """Its total states it, or the button that is still there."""
    found = {"searchResults": {"titleResults": {"total": 80, "titleListItems": [{"titleId": id} for id in IDS]}}}
    assert missing(ScrapeRequest.of(SEARCH), page_of("/search/title", found)) == 75
    button = (
        '<section data-testid="find-results-section-title"><p class="ipc-see-more"><button>More</button></p></section>'
    )
    by_name = page_of("/find", {"titleResults": {"results": [{"id": id} for id in IDS]}}).replace("<h1>x</h1>", button)
    assert missing(ScrapeRequest.of("search:x"), by_name) == 1
    assert missing(ScrapeRequest.of("search:x", limit=5), by_name) == 0


def test_a_page_of_a_list_is_judged_as_that_page() -> None:
    """A page that shows another part of the list than its address is a wrong page."""
    for page, verdict in ((2, Verdict.LIST), (1, Verdict.WRONG_PAGE), (3, Verdict.WRONG_PAGE)):
        url = "https://www.imdb.com/list/ls055592025/?page=2"
        html = list_page(IDS, page=page)
        assert judge(reading(html, url=url), Target(Kind.LIST, "ls055592025-2")).verdict is verdict


def test_a_saved_search_leads_to_its_rows_and_its_next_page(samples: Path) -> None:
    """A real page of 2023 has fifty films, and the address of the next fifty."""
    (file,) = (samples / "imdb-pages" / "legacy_search_title").iterdir()
    request = ScrapeRequest.of(
        "https://www.imdb.com/search/title/?release_date=2022-01-01,2022-12-31&sort=boxoffice_gross_us,desc"
    )
    html = text(file)
    url = Site.of("https://www.imdb.com").address(request)
    read = reading(html, url=url)
    judgement = judge(read, Target(request.kind, request.id))
    *titles, following = links_of(request, read.page, judgement).requests
    assert [title.id for title in titles] == titles_in(html)
    assert len(titles) == 50
    assert (following.kind, "start=51" in following.query, following.limit) == (Kind.SEARCH, True, 9_950)


@given(st.text(max_size=300), st.lists(st.sampled_from(IDS), max_size=3))
def test_any_text_has_no_next_page(html: str, rows: list[str]) -> None:
    """Nonsense is the end of a list."""
    for target in (LIST, SEARCH, "search:x"):
        page = html + "".join(map(row, rows))
        assert following_page(ScrapeRequest.of(target), page) is None
        assert missing(ScrapeRequest.of(target), page) == 0


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | inner))
def test_any_data_is_read_without_failing(value: object) -> None:
    """Any value may stand in the place of the total and the next page."""
    search = {"total": value, "pageInfo": {"hasNextPage": value}, "edges": value}
    html = page_of("/list/[lsconst]", {"mainColumnData": {"list": {"titleListItemSearch": search}}})
    assert json.dumps(value) in html
    request = ScrapeRequest.of(LIST, limit=9)
    assert following_page(request, html) is None
    assert 0 <= missing(request, html) <= 9
