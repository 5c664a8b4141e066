"""The verdicts on real pages of 2010 to 2026, whole, cut and mixed."""

import csv
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.scraper.page_samples import chart, reading, title, titles_in

from cinestream.contracts import Kind, ScrapeRequest
from cinestream_scraper.pages.page import Page
from cinestream_scraper.pages.rows import more_like_this
from cinestream_scraper.pages.targets import Target, target_of
from cinestream_scraper.pages.verdict import Verdict, judge

pytestmark = pytest.mark.usefixtures("samples")

OTHER_KINDS = {"tt0149460", "tt0898266", "tt0959621", "tt1486217"}
TITLES = (
    "legacy_title_2011_2015",
    "legacy_title_2015_2021",
    "legacy_tn15",
    "next_title_2021_22",
    "next_title_2023plus",
)
CHARTS = ("legacy_chart", "next_chart")


@cache
def index(folder: Path) -> list[dict[str, str]]:
    """Return the rows of INDEX.tsv."""
    with (folder / "INDEX.tsv").open(encoding="utf-8") as rows:
        return list(csv.DictReader(rows, delimiter="\t"))


@cache
def text(path: Path) -> str:
    """Return a saved page."""
    return path.read_text("utf-8", "replace")


@pytest.fixture
def pages(samples: Path) -> Path:
    """Return the folder of real pages."""
    return samples / "imdb-pages"


def address_of(row: dict[str, str]) -> tuple[str, Target]:
    """Return the address and the target of a saved page, or of the title that it belongs to."""
    id, _, url = row["url_or_id"].rpartition("|")
    return url, target_of(url) or title(id or "tt0111161")


def expected(row: dict[str, str]) -> Verdict:
    """Return the verdict that a saved page must get."""
    if row["layout"] in TITLES:
        return Verdict.OTHER_KIND if row["url_or_id"].split("|")[0] in OTHER_KINDS else Verdict.FILM
    if row["layout"] == "legacy_search_title":
        return Verdict.SEARCH
    if row["layout"] in CHARTS and "/chart/" in row["url_or_id"]:
        return Verdict.CHART
    return Verdict.WRONG_PAGE


def test_every_real_page_gets_its_verdict(pages: Path) -> None:
    """Films are films and series are not. Calendars, people and sub-pages are wrong pages."""
    wrong = {}
    for row in index(pages):
        url, target = address_of(row)
        judgement = judge(reading(text(pages / row["file"]), url=url), target)
        if judgement.verdict is not expected(row):
            wrong[row["file"]] = judgement[:2]
    assert not wrong
    assert len(index(pages)) >= 77


def test_no_real_page_is_taken_for_another_title(pages: Path) -> None:
    """For another id every page is something else than a film, at whatever address it came."""
    other = title("tt9999999")
    for row in index(pages):
        url, _ = address_of(row)
        for final_url in (url, "https://www.imdb.com/title/tt9999999/"):
            judgement = judge(reading(text(pages / row["file"]), url=url, final_url=final_url), other)
            assert judgement.verdict in (Verdict.MOVED, Verdict.WRONG_PAGE), row["file"]


def test_every_real_chart_leads_to_all_its_titles(pages: Path) -> None:
    """A chart leads to its 250 or 100 titles in their order, even if the page shows 25 of them."""
    for row in index(pages):
        if expected(row) is not Verdict.CHART:
            continue
        ids = titles_in(text(pages / row["file"]))
        target = target_of(row["url_or_id"])
        assert len(ids) == len(set(ids)) == (100 if target == chart("moviemeter") else 250), row["file"]
        assert target != chart("top") or ids[0] == "tt0111161"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_real_page_with_a_missing_part_is_never_another_page(pages: Path, data: st.DataObject) -> None:
    """A truncated page is never published. A page that lost a part inside is never taken for another page."""
    rows = [row for row in index(pages) if expected(row) in (Verdict.FILM, Verdict.CHART)]
    row = data.draw(st.sampled_from(rows), label="page")
    url, target = address_of(row)
    html = text(pages / row["file"])
    start = data.draw(st.integers(0, len(html) - 8), label="start")
    assert judge(reading(html[:start], url=url), target).verdict not in (Verdict.FILM, Verdict.CHART)
    end = data.draw(st.integers(start, len(html)), label="end")
    verdict = judge(reading(html[:start] + html[end:], url=url), target).verdict
    assert verdict in (expected(row), Verdict.INCOMPLETE, Verdict.WRONG_PAGE, Verdict.OTHER_KIND)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_two_real_pages_in_one_are_neither(pages: Path, data: st.DataObject) -> None:
    """The beginning of one film's page and the end of another's is never published as either."""
    rows = [row for row in index(pages) if row["layout"].startswith("next_title_20")]
    first, second = data.draw(st.permutations(rows), label="pages")[:2]
    (url, target), (_, other) = address_of(first), address_of(second)
    if target == other:
        return
    heads, tails = text(pages / first["file"]), text(pages / second["file"])
    mixed = heads[: heads.index("__NEXT_DATA__")] + tails[tails.index("__NEXT_DATA__") :]
    assert judge(reading(mixed, url=url), target).verdict is not Verdict.FILM
    assert judge(reading(mixed, url=url.replace(target.id, other.id)), other).verdict is not Verdict.FILM


def test_every_kind_of_request_has_an_address() -> None:
    """Every kind of target has an address. That of a search is made of its words."""
    kinds = set(Kind) - {Kind.SEARCH}
    assert {target_of(f"https://www.imdb.com/{kind}/x/") for kind in kinds} == {Target(kind, "x") for kind in kinds}


@pytest.mark.parametrize(
    ("file", "words", "max_titles"),
    [("next_find/Find_20260716.html", "Interstellar", 25), ("next_find/Find_20221027.html", "Archer", 10)],
)
def test_a_real_search_belongs_to_its_own_words_only(pages: Path, file: str, words: str, max_titles: int) -> None:
    """It leads to its titles. As a result for other words it is a wrong page."""
    html = text(pages / file)
    for words_sent, verdict in ((words, Verdict.SEARCH), (f"{words} 2", Verdict.WRONG_PAGE)):
        request = ScrapeRequest.of(f"search:{words_sent}")
        url = f"https://www.imdb.com{request.query}"
        assert judge(reading(html, url=url), Target(request.kind, request.id)).verdict is verdict
    assert 5 <= len(titles_in(html)) <= max_titles


def test_a_real_list_of_results_leads_to_its_titles(pages: Path) -> None:
    """A page of 2023 leads to fifty titles."""
    assert len(titles_in(text(next((pages / "legacy_search_title").iterdir())))) == 50


def test_a_real_title_leads_to_similar_titles(pages: Path) -> None:
    """The section has twelve titles, without the title itself."""
    row = next(row for row in index(pages) if row["layout"] == "next_title_2023plus")
    found = more_like_this(Page(text(pages / row["file"])))
    assert len(found) == 12
    assert row["url_or_id"].split("|")[0] not in found
