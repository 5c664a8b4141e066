"""Pages that are made to be slow cost etl little time."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from tests.attack_pages import MAX_CPU_SECONDS, attacks, cpu_seconds
from tests.etl.conftest import PAGE_TIME, movie_of

from cinestream.contracts import Invalid
from cinestream_etl.stages.page import read_page

PAGES = attacks("2015", "2010", "2011", "reference", "visible")


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_hostile_page_is_read_or_refused_within_a_second(page: Callable[[], str]) -> None:
    """Each page becomes a movie, or is Invalid with a short reason."""
    html = page().encode()
    reasons = []

    def read() -> None:
        try:
            found = read_page(html, requested=None, page_time=PAGE_TIME)
        except Invalid as error:
            reasons.append(str(error))
        else:
            if found.is_film:
                movie_of(found)

    assert cpu_seconds(read) < MAX_CPU_SECONDS
    assert all(len(reason) < 1_000 for reason in reasons)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("notes", "the data has more than 100,000 values"),
        ("fewer notes", "at most 2000 directors as parsed"),
        ("marks in a name", "directors of at most 10000 characters as parsed"),
        ("linked people", "the data has more than 100,000 values"),
        ("nested (2015)", "no layout of a title page found"),
    ],
)
def test_a_page_beyond_a_limit_is_refused_with_its_reason(name: str, reason: str) -> None:
    """The dead letter names the limit."""
    with pytest.raises(Invalid, match=reason):
        read_page(PAGES[name]().encode(), requested=None, page_time=PAGE_TIME)


def test_marks_within_the_limits_are_handled() -> None:
    """A name with 900 marks keeps 30 of them."""
    with suppress(Invalid):
        page = PAGES["marks in a name"]().replace("\u0345" * 39_500 + "\u0301" * 39_500, "")
        assert len(read_page(page.encode(), requested=None, page_time=PAGE_TIME).title.directors[0].name) < 40
