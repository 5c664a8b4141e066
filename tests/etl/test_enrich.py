"""What follows from a film's facts: decade, categories, tone."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinestream.contracts import PlotTone
from cinestream_etl.enrich import decade
from cinestream_etl.genre_themes import THEMES, genre_categories
from cinestream_etl.lexicon import GENRE_PRIOR, LEXICON
from cinestream_etl.tone import keyword_evidence, tone


@pytest.mark.parametrize(("year", "expected"), [(1994, "1990s"), (2000, "2000s"), (1888, "1880s"), (None, None)])
def test_the_decade_of_a_year(year: int | None, expected: str | None) -> None:
    """A decade is named by its first year."""
    assert decade(year) == expected


def test_categories_are_themes_then_genres_then_adaptation() -> None:
    """Each category comes once, subjects first."""
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
    """The notes of the writing credits tell; a sequel's characters and the film's own script are no other work."""
    assert ("Adaptation" in genre_categories([], [], [], [note])) is adapted


def test_a_true_story_is_no_adaptation() -> None:
    """Keywords tell as well, but life is not a work."""
    assert genre_categories([], [], ["based on true story"], []) == ["True Story"]
    assert genre_categories([], [], ["based on novel"], []) == ["Adaptation"]


def test_every_theme_is_reached_by_each_of_its_terms() -> None:
    """The vocabulary has no term that cannot match."""
    for theme, terms in THEMES.items():
        for term in terms:
            assert theme in genre_categories([], [], [term], []), term


@pytest.mark.parametrize(
    ("plot", "genres", "expected"),
    [
        ("A serial killer stalks and butchers the corpses of a haunted asylum.", ["Horror"], PlotTone.DARK),
        ("An agent must stop the assassin and defuse the bomb before the hostages die.", ["Thriller"], PlotTone.TENSE),
        ("Two strangers fall in love at a wedding and share a kiss.", ["Romance"], PlotTone.ROMANTIC),
        ("Two bumbling idiots and their wacky schemes end in hilarious mayhem.", ["Comedy"], PlotTone.HUMOROUS),
        ("A knight embarks on a quest for an ancient treasure guarded by a dragon.", ["Fantasy"], PlotTone.ADVENTUROUS),
        ("After his wife's suicide, a grieving widower mourns and sinks into despair.", ["Drama"], PlotTone.TRAGIC),
        (
            "A coach leads a team of underdogs to the championship and a triumphant victory.",
            ["Sport"],
            PlotTone.UPLIFTING,
        ),
        ("Wrongly blamed, he never loses hope, and finds redemption and freedom.", ["Drama"], PlotTone.HOPEFUL),
    ],
)
def test_plots_have_the_tone_that_people_hear(plot: str, genres: list[str], expected: PlotTone) -> None:
    """Clear plots are heard clearly, with evidence."""
    heard = tone(plot, genres)
    assert heard.plot_tone is expected
    assert heard.keyword_score >= 0.5


def test_without_a_plot_the_tone_is_neutral() -> None:
    """Genres alone are not a plot."""
    assert tone(None, ["Horror"]).plot_tone is PlotTone.NEUTRAL
    assert tone(None, ["Horror"]).keyword_score == 0


def test_without_a_telling_word_the_genres_decide_with_score_zero() -> None:
    """The score is the evidence of words only; without genres either, nothing is claimed."""
    assert tone("Three people meet on a Tuesday.", ["Horror"]).plot_tone is PlotTone.DARK
    assert tone("Three people meet on a Tuesday.", ["Horror"]).keyword_score == 0
    assert tone("Three people meet on a Tuesday.", []).plot_tone is PlotTone.NEUTRAL


def test_words_count_in_their_inflections_and_once() -> None:
    """Endings are taken off, and repeating a word is no more evidence."""
    assert keyword_evidence("murders") == keyword_evidence("murder murdered murder")
    assert keyword_evidence("grieving")[PlotTone.TRAGIC] == 1
    assert keyword_evidence("The stories") == {}


@given(st.text(), st.lists(st.sampled_from([*GENRE_PRIOR, "Unknown"]), max_size=4))
def test_any_text_has_a_tone(plot: str, genres: list[str]) -> None:
    """The score is within 0..1, and Neutral never has one."""
    heard = tone(plot, genres)
    assert 0 <= heard.keyword_score <= 1
    assert heard.plot_tone is not PlotTone.NEUTRAL or heard.keyword_score == 0


def test_the_lexicon_is_frozen_and_large() -> None:
    """Eight tones with dozens of words each; every prior names tones that exist."""
    assert set(LEXICON) == {name.value for name in PlotTone} - {"Neutral"}
    assert all(len(words.split()) >= 60 for words in LEXICON.values())
    assert {name for prior in GENRE_PRIOR.values() for name in prior} <= {name.value for name in PlotTone}


def test_the_tone_is_fast() -> None:
    """A plot of thirty words takes well under a tenth of a millisecond."""
    plot = "A banker convicted of uxoricide forms a friendship over a quarter century with a hardened convict " * 2
    started = time.perf_counter()
    for _ in range(1000):
        tone(plot, ("Drama",))
    assert time.perf_counter() - started < 0.2
