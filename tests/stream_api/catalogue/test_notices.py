"""Notices about filters that match no known film."""

from typing import Any

import anyio
import pytest
from tests.stream_api.films import PAGE_TIME, movie

from cinestream.contracts import PlotTone, SentimentAnalysis
from cinestream_stream_api.catalogue.film_index import FilmIndex
from cinestream_stream_api.catalogue.notices import Notice, UnknownValue, notice_about
from cinestream_stream_api.events.event import film
from cinestream_stream_api.events.filter_values import parse_filter
from cinestream_stream_api.events.filters import Filter
from cinestream_stream_api.events.position import Position

WAR: dict[str, Any] = {"genre": ["War"], "genre_categories": ["Road Trip", "War"], "director": ["Agnès Varda"]}
DARK = SentimentAnalysis(plot_tone=PlotTone.DARK, keyword_score=0.5)


@pytest.fixture
def index() -> FilmIndex:
    """Return an index of two films."""
    index = FilmIndex(Position("e", 0))
    films = [movie(1, kind="movie", rating=9.3), movie(2, **WAR, decade_category="1920s", sentiment_analysis=DARK)]
    for sequence, one in enumerate(films, 1):
        index.add([film(Position("e", sequence), *one.encode(page_time=PAGE_TIME))], through=sequence)
    return index


def notice(index: FilmIndex, **values: list[str]) -> Notice | None:
    """Return the notice about a filter."""
    return anyio.run(notice_about, index, parse_filter(values))


def test_a_filter_that_matches_has_no_notice(index: FilmIndex) -> None:
    """One known film is enough, and an unknown alternative does not matter."""
    assert notice(index, genre=["war", "unknown"], director=["Agnes Varda"]) is None


@pytest.mark.parametrize(
    ("parameter", "value", "folded", "nearest"),
    [
        ("genre", "Wars", "wars", ["War"]),
        ("theme", "road", "road", ["Road Trip"]),
        ("theme", "War", "war", []),
        ("director", "Várda", "varda", ["Agnès Varda"]),
        ("director", "nm0000001", "nm0000001", []),
        ("decade", "1930s", "1930s", ["1920s", "1990s"]),
        ("tone", "Tense", "tense", ["Hopeful", "Dark"]),
        ("kind", "tvMovie", "tvmovie", ["movie"]),
        ("id", "tt9999999", "tt9999999", []),
    ],
)
def test_an_unknown_value_has_the_nearest_known_ones(
    index: FilmIndex, parameter: str, value: str, folded: str, nearest: list[str]
) -> None:
    """They are written as films write them."""
    found = notice(index, **{parameter: [value]})
    assert found is not None
    assert found.filters == [UnknownValue(parameter, folded, nearest)]
    assert f"{parameter}={folded}" in found.message
    assert not nearest or f"Did you mean {nearest[0]}?" in found.message


def test_a_minimum_above_all_ratings_names_the_highest(index: FilmIndex) -> None:
    """The nearest known value is the highest rating."""
    found = anyio.run(notice_about, index, Filter(min_rating=9.5))
    assert found is not None
    assert found.filters == [UnknownValue("min_rating", "9.5", ["9.3"])]


def test_a_combination_without_films_is_explained(index: FilmIndex) -> None:
    """Each value is known, so that no value is named."""
    found = notice(index, genre=["war"], decade=["1990s"])
    assert found is not None
    assert found.filters == []
    assert "none has all of them" in found.message


def test_only_some_unknown_values_are_named(index: FilmIndex) -> None:
    """The number of values in a notice is bounded."""
    found = notice(index, director=[f"Nobody {number}" for number in range(100)], genre=["unknown"])
    assert found is not None
    assert len(found.filters) == 10


def test_an_empty_index_has_a_notice_of_its_own() -> None:
    """Without films, no value is known."""
    assert notice(FilmIndex(Position("e", 0)), tone=["dark"]) == Notice("No film is known yet.", [])
