"""The verdicts: only the whole page of the target is ever accepted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.scraper.page_samples import SITE, chart, chart_page, legacy_page, next_page, reading, title, title_page

from cinestream.contracts import Outcome
from cinestream_scraper.pages.verdict import ACTIONS, Action, Verdict, judge

GOKU = (
    "<html><head><script>window.gokuProps = {}</script><script src='challenge.js'></script></head><body></body></html>"
)
FORBIDDEN = "<html><head><title>403 Forbidden</title></head><body>403 Forbidden</body></html>"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (title_page(), Verdict.FILM),
        (title_page(kind="tvMovie"), Verdict.FILM),
        (title_page(kind="short"), Verdict.FILM),
        (title_page(kind="tvSeries"), Verdict.OTHER_KIND),
        (title_page(kind="tvEpisode"), Verdict.OTHER_KIND),
        (title_page(kind="videoGame"), Verdict.OTHER_KIND),
        (legacy_page("tt0111161"), Verdict.FILM),
        (legacy_page("tt0111161", kind="video.tv_show"), Verdict.OTHER_KIND),
        (legacy_page("tt0111161", kind="", title='"Futurama" (1999)'), Verdict.OTHER_KIND),
        (legacy_page("tt0111161", kind="", title="Pulp Fiction (1994)"), Verdict.FILM),
        (title_page("tt0068646"), Verdict.MOVED),
        (legacy_page("tt0068646"), Verdict.MOVED),
        (title_page(canonical="/title/tt0068646/"), Verdict.WRONG_PAGE),
        (title_page(canonical="/title/tt0111161/fullcredits/"), Verdict.WRONG_PAGE),
        (title_page().replace("mainColumnData", "other"), Verdict.INCOMPLETE),
        (title_page().replace("titleType", "other"), Verdict.INCOMPLETE),
        (title_page()[:-20], Verdict.INCOMPLETE),
        (legacy_page("tt0111161").replace("footer", "x"), Verdict.INCOMPLETE),
        (legacy_page("tt0111161").replace("title_wrapper", "x"), Verdict.INCOMPLETE),
        (next_page("/title/[tconst]/locations", {"tconst": "tt0111161"}), Verdict.WRONG_PAGE),
        (next_page("/name/[nmconst]", {"nmconst": "nm0000001"}), Verdict.WRONG_PAGE),
        (next_page("/", {}), Verdict.WRONG_PAGE),
        (next_page("/404", {}), Verdict.NOT_FOUND),
        (chart_page(["tt0111161"]), Verdict.WRONG_PAGE),
        (GOKU, Verdict.CHALLENGE),
        ('<html><body><div data-testid="consent-wall"></div></body></html>', Verdict.CONSENT),
        ("<html><body></body></html>", Verdict.INCOMPLETE),
        ("", Verdict.INCOMPLETE),
    ],
)
def test_the_verdict_on_a_page_with_status_200(html: str, expected: Verdict) -> None:
    """With status 200 the page itself decides the verdict."""
    assert judge(reading(html), title()).verdict is expected


@pytest.mark.parametrize(
    ("status", "html", "expected"),
    [
        (202, "", Verdict.CHALLENGE),
        (202, GOKU, Verdict.CHALLENGE),
        (405, GOKU, Verdict.CHALLENGE),
        (403, FORBIDDEN, Verdict.BLOCKED),
        (404, "", Verdict.NOT_FOUND),
        (410, "", Verdict.NOT_FOUND),
        (429, "", Verdict.RATE_LIMITED),
        (500, "", Verdict.SERVER_ERROR),
        (503, "", Verdict.SERVER_ERROR),
        (302, "", Verdict.SERVER_ERROR),
    ],
)
def test_the_verdict_on_a_page_with_another_status(status: int, html: str, expected: Verdict) -> None:
    """Any other status decides the verdict by itself."""
    assert judge(reading(html, status=status), title()).verdict is expected


@given(status=st.integers(100, 599).filter(lambda status: status != 200))
def test_no_status_but_200_brings_a_film(status: int) -> None:
    """A perfect film page with any other status is not a film."""
    assert judge(reading(title_page(), status=status), title()).verdict is not Verdict.FILM


@pytest.mark.parametrize(
    "final_url",
    [
        f"{SITE}/title/tt0068646/",
        f"{SITE}/title/tt0111161/episodes/",
        f"{SITE}/name/nm0000151/",
        f"{SITE}/",
        "about:blank",
    ],
)
def test_a_page_at_another_address_is_a_wrong_page(final_url: str) -> None:
    """Even the right page is refused at another target's address."""
    assert judge(reading(title_page(), final_url=final_url), title()).verdict is Verdict.WRONG_PAGE


@pytest.mark.parametrize("final_url", [f"{SITE}/title/tt0111161", f"{SITE}/es-es/title/tt0111161/?ref_=x"])
def test_a_page_at_another_form_of_its_address_is_accepted(final_url: str) -> None:
    """A language, a missing slash and a query do not change the page."""
    assert judge(reading(title_page(), final_url=final_url), title()).verdict is Verdict.FILM


def test_a_chart_is_accepted_under_its_own_name_only() -> None:
    """The requested chart is accepted. Another chart, an empty one and a film are not."""
    url = f"{SITE}/chart/top/"
    ids = ["tt0111161", "tt0068646"]
    assert judge(reading(chart_page(ids), url=url), chart()).verdict is Verdict.CHART
    assert judge(reading(chart_page(ids, name="moviemeter"), url=url), chart()).verdict is Verdict.WRONG_PAGE
    assert judge(reading(chart_page([]), url=url), chart()).verdict is Verdict.INCOMPLETE
    assert judge(reading(title_page(), url=url), chart()).verdict is Verdict.WRONG_PAGE


def test_every_verdict_has_an_action_and_published_ones_an_outcome() -> None:
    """The table of actions is complete, and each published verdict is an outcome of the contract."""
    assert set(ACTIONS) == set(Verdict)
    published = {verdict.value for verdict, action in ACTIONS.items() if action is Action.PUBLISH}
    assert published == {outcome.value for outcome in Outcome}


@given(cut=st.integers(0, len(title_page()) - 8))
def test_a_truncated_page_is_no_film(cut: int) -> None:
    """A page that is truncated anywhere is not whole."""
    assert judge(reading(title_page()[:cut]), title()).verdict is not Verdict.FILM


@given(html=st.text(max_size=200), status=st.integers(100, 599))
def test_any_text_gets_a_verdict(html: str, status: int) -> None:
    """Judging never fails, and nonsense is never published as a film."""
    assert judge(reading(html, status=status), title()).verdict is not Verdict.FILM
