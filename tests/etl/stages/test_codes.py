"""Codes of countries and languages, and the kind and year in the head of a page."""

import pytest

from cinestream_etl.stages.layouts import codes, head


def test_a_name_becomes_the_code_that_later_pages_have() -> None:
    """Former countries have codes too, and an unknown name stays a name."""
    names = ["USA", "United States", "Soviet Union", "Atlantis"]
    assert [codes.country(name) for name in names] == ["US", "US", "SUHH", "Atlantis"]
    assert [codes.language(name) for name in ("Mandarin", "None", "Elvish")] == ["cmn", "zxx", "Elvish"]


@pytest.mark.parametrize(
    ("title", "kind", "year"),
    [
        ("Gandhi (1982) - IMDb", None, 1982),
        ("Red Riding: The Year of Our Lord 1974 (TV Movie 2009) - IMDb", "tvMovie", 2009),
        ("Kill Bill (Vol. 2) (2004)", None, 2004),
        ("Futurama (TV Series 1999–2013) ⭐ 8.5 | Animation, Comedy", "tvSeries", 1999),
        ('"Breaking Bad" Pilot (TV Episode 2008)', "tvEpisode", 2008),
        ("Existence (I) (2012) - Reference View - IMDb", None, 2012),
        ("A film without a year - IMDb", None, None),
        ("2001 (Short) - IMDb", "short", None),
        ("", None, None),
    ],
)
def test_the_last_brackets_say_kind_and_year(title: str, kind: str | None, year: int | None) -> None:
    """Brackets and numbers in the name itself are no year."""
    brackets = head.brackets(title)
    assert (head.kind(brackets), head.year(brackets)) == (kind, year)
    assert head.page_brackets(f"<html><TITLE >{title}</TITLE>".encode()) == brackets


def test_a_page_without_a_title_has_no_brackets() -> None:
    """The search for a title that never ends is bounded."""
    assert head.page_brackets(b"<html>") == ""
    assert head.page_brackets(b"<title>" * 100_000) == ""
