"""The validation of titles: texts are cleaned, and an error names the broken rule and the value."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinestream.contracts import Invalid
from cinestream_etl.stages.title import ParsedTitle, Person, Related
from cinestream_etl.stages.validate import clean, validate

TITLE = ParsedTitle(id="tt0000001", kind="movie", title="A Film")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": "tt12"}, "the id of a title, got 'tt12'"),
        ({"id": ""}, "the id of a title, got ''"),
        ({"kind": ""}, "a kind of title, got ''"),
        ({"title": " \u200b "}, "a title, got"),
        ({"title": "x" * 1001}, "title of at most 1000 characters"),
        ({"plot": "x" * 10_001}, "plot of at most 10000 characters"),
        ({"rating": 10.1}, "rating between 1 and 10, got '10.1'"),
        ({"rating": float("inf")}, "rating between 1 and 10, got 'inf'"),
        ({"rating": float("nan")}, "rating between 1 and 10, got 'nan'"),
        ({"year": 1066}, "year between 1870 and 2150, got '1066'"),
        ({"runtime_minutes": 10**9}, "runtime_minutes between"),
        ({"release_date": "9 Dec 1983"}, "release_date as YYYY"),
        ({"release_date": "1994-13"}, "release month between 1 and 12, got '13'"),
        ({"release_date": "1900-02-29"}, "release day between 1 and 28, got '29'"),
        ({"genres": tuple(f"Genre {n}" for n in range(201))}, "at most 200 genres, got '201'"),
    ],
)
def test_a_broken_rule_is_named_with_its_value(changes: dict[str, Any], reason: str) -> None:
    """The error names the rule and the value that breaks it."""
    with pytest.raises(Invalid) as caught:
        validate(replace(TITLE, **changes))
    assert reason in str(caught.value)


def test_a_page_of_another_title_is_invalid() -> None:
    """The requested id decides, not the one that the page gives."""
    assert validate(TITLE, requested="tt0000001").id == "tt0000001"
    with pytest.raises(Invalid, match="expected the page of tt0000002, got 'tt0000001'"):
        validate(TITLE, requested="tt0000002")


@pytest.mark.parametrize("date", ["1994", "1994-09", "1994-09-23", "2000-02-29"])
def test_a_partial_date_stays_partial(date: str) -> None:
    """A missing month or day is not added."""
    assert validate(replace(TITLE, release_date=date)).release_date == date


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  two\n\tspaces\u00a0here\u2028now ", "two spaces here now"),
        ("Ame\u0301lie", "Amélie"),
        ("zero\u200bwidth\u2060\ufeff \u202eright\u202c \u2066left\u2069\u00ad", "zerowidth right left"),
        ("nul\x00bell\x07", "nulbell"),
        ("WALL·E – 12 ½ 🎬", "WALL·E – 12 ½ 🎬"),
    ],
)
def test_text_is_cleaned(before: str, after: str) -> None:
    """Letters are composed, spaces are single, and invisible characters are removed. Visible ones stay."""
    assert clean(before) == after


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    """Clean text stays as it is."""
    assert clean(clean(text)) == clean(text)


def test_names_lose_their_notes_and_come_once_in_order() -> None:
    """Credits are names without notes, each once, in the order of the page."""
    people = (
        Person("Stephen King (short story) (as S. King)", "nm0000175"),
        Person("Frank Darabont (screenplay)", "nm0001104", ("screenplay",)),
        Person("Stephen  King", "nm0000175"),
        Person("(uncredited)", "nm0000001"),
        Person("No Id", "nm1"),
    )
    writers = validate(replace(TITLE, writers=people)).writers
    assert [(w.name, w.id) for w in writers] == [
        ("Stephen King", "nm0000175"),
        ("Frank Darabont", "nm0001104"),
        ("No Id", None),
    ]


@pytest.mark.parametrize(
    "plot", ["Add a Plot", "Add a plot in your language", "Know what this is about?\nBe the first"]
)
def test_an_invitation_to_add_a_plot_is_no_plot(plot: str) -> None:
    """The site's invitation to write a plot is dropped."""
    assert validate(replace(TITLE, plot=plot)).plot is None


def test_an_unusable_recommendation_is_dropped() -> None:
    """One bad recommendation does not lose the film."""
    related = (
        Related("tt0000002", "Next"),
        Related("nonsense", "Bad id"),
        Related("tt0000003", "\u200b"),
        Related("tt0000001", "Itself"),
        Related("tt0000002", "Next again"),
    )
    found = validate(replace(TITLE, recommendations=related)).recommendations
    assert [(film.id, film.title) for film in found] == [("tt0000002", "Next")]


def test_an_unusable_detail_is_dropped() -> None:
    """A wrong poster, a wrong locale or an impossible rating of a recommendation does not lose the film."""
    related = Related("tt0000002", "Other", rating=11.0, year=19999)
    checked = validate(replace(TITLE, poster="./page_files/a.jpg", locale="<b>", recommendations=(related,)))
    assert (checked.poster, checked.locale) == (None, None)
    assert checked.recommendations == (Related("tt0000002", "Other"),)
