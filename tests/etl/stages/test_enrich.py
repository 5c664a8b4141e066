"""The decade and the categories of a film."""

import pytest

from cinestream_etl.stages.enrich import decade
from cinestream_etl.stages.genre_themes import THEMES, genre_categories


@pytest.mark.parametrize(("year", "expected"), [(1994, "1990s"), (2000, "2000s"), (1888, "1880s"), (None, None)])
def test_the_decade_of_a_year(year: int | None, expected: str | None) -> None:
    """A decade is named after its first year."""
    assert decade(year) == expected


def test_categories_are_themes_then_genres_then_adaptation() -> None:
    """Each category comes once, and the themes come first."""
    found = genre_categories(["Drama", "Crime"], ["Prison Drama", "Epic"], ["prison", "bank heist"], ["novel"])
    assert found == ["Prison", "Heist", "Drama", "Crime", "Adaptation"]


@pytest.mark.parametrize("keyword", ["prisoner", "war with machines", "imprisoned", "trialogue", "hotdog"])
def test_a_theme_needs_whole_words(keyword: str) -> None:
    """A keyword that merely contains the letters of a term names no theme."""
    assert genre_categories([], [], [keyword], []) == []


@pytest.mark.parametrize(
    ("note", "adapted"),
    [
        ("based on the novel by", True),
        ("short story", True),
        ("graphic novel", True),
        ("play", True),
        ("based on characters created by", False),
        ("screenplay", False),
        ("story by", False),
        ("characters", False),
        ("teleplay", False),
    ],
)
def test_an_adaptation_is_made_from_another_work(note: str, adapted: bool) -> None:
    """The notes of the writers decide. Characters of an earlier film and the film's own script are no other work."""
    assert ("Adaptation" in genre_categories([], [], [], [note])) is adapted


def test_a_true_story_is_no_adaptation() -> None:
    """Keywords count too, but a true story is not a work."""
    assert genre_categories([], [], ["based on true story"], []) == ["True Story"]
    assert genre_categories([], [], ["based on novel"], []) == ["Adaptation"]


def test_every_theme_is_reached_by_each_of_its_terms() -> None:
    """The vocabulary has no term that cannot match."""
    for theme, terms in THEMES.items():
        for term in terms:
            assert theme in genre_categories([], [], [term], []), term
