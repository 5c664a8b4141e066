"""Numbers and dates in the languages of IMDb's pages."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinestream_etl.stages.layouts.localised import date, decimal, minutes, whole_number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9.2", 9.2),
        ("9,2/10", 9.2),
        ("10", 10.0),
        ("Users rated this 7,2/10 (102 votes)", 7.2),
        ("0", None),
        ("-", None),
        ("", None),
    ],
)
def test_a_rating_has_a_point_or_a_comma(text: str, expected: float | None) -> None:
    """Both give the same number."""
    assert decimal(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,418,761", 1418761),
        ("1.418.761", 1418761),
        ("197\u00a0471", 197471),
        ("1\u202f234 votes", 1234),
        ("1'234", 1234),
        ("17 users", 17),
        ("0", None),
        ("none", None),
    ],
)
def test_thousands_are_separated_in_many_ways(text: str, expected: int | None) -> None:
    """Points, commas, spaces and apostrophes are not part of the number."""
    assert whole_number(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4 October 1972 (Mexico)", "1972-10-04"),
        ("18\u00a0March\u00a01983 (Sweden)", "1983-03-18"),
        ("September 1994 (USA)", "1994-09"),
        ("1994", "1994"),
        ("TV Movie 5 March 2009", "2009-03-05"),
        ("October 4, 1972", "1972-10-04"),
        ("4. März 1972 (Deutschland)", "1972-03-04"),
        ("4 août 1972", "1972-08-04"),
        ("4 de outubro de 1972", "1972-10-04"),
        ("3 dicembre 1972", "1972-12-03"),
        ("1999年3月31日", "1999-03-31"),
        ("1972. október 4.", "1972-10-04"),
        ("4 października 1972", "1972-10-04"),
        ("22 सितम्बर 1994 (भारत)", "1994-09-22"),
        ("10 फ़रवरी 1995", "1995-02-10"),
        ("TV Movie (2003)", "2003"),
        ("Released (March 2003)", "2003-03"),
        ("soon", None),
        (None, None),
    ],
)
def test_a_date_is_as_partial_as_it_is_shown(text: str | None, expected: str | None) -> None:
    """Month names of many languages are known, and a missing month or day is not guessed."""
    assert date(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2 hours 22 minutes",
        "2h 22m",
        "2h 22min",
        "142 min",
        "2 Std. 22 Min.",
        "2 Stunden 22 Minuten",
        "2 heures 22 minutes",
        "2 horas 22 minutos",
        "2 ore e 22 minuti",
        "2時間22分",
        "2 घंटे 22 मिनट",
        "2 saat 22 dakika",
        "2 godz. 22 min",
        "2 hours 22 minutes 45 seconds",
    ],
)
def test_a_running_time_is_minutes(text: str) -> None:
    """The language and the notation do not matter."""
    assert minutes(text) == 142


@pytest.mark.parametrize("text", [None, "", "R", "2022", "TV Movie", "12", "45 seconds", "45 Sek."])
def test_other_text_is_no_running_time(text: str | None) -> None:
    """A number alone is a certificate or a year."""
    assert minutes(text) is None


@given(st.text(max_size=60))
def test_any_text_has_a_date_or_none(text: str) -> None:
    """Every result is valid ISO 8601."""
    assert re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", date(text) or "1994")
    assert (whole_number(text) or 1) > 0
    assert (decimal(text) or 0.0) < 100
