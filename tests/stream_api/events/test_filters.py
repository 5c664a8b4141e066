"""Filters: alternatives of one parameter, a conjunction of different parameters, whole folded values."""

import json
from typing import Any

import pytest
from tests.stream_api.films import movie

from cinestream.contracts import NamedDirectorStats
from cinestream_stream_api.events.filters import EVERYTHING, Filter, facets, values


def shown(filter: Filter, **changes: Any) -> bool:
    """Return True if a film with these changes passes."""
    return filter.matches(facets(json.loads(movie(1, **changes).model_dump_json())))


def test_values_of_one_parameter_are_alternatives() -> None:
    """A film must have one of the genres, and also the decade."""
    filter = Filter(genre=values(["war", "DRAMA"]), decade=values(["1990s"]))
    assert shown(filter, genre=["Drama"])
    assert not shown(filter, genre=["Comedy"], genre_categories=["Comedy"])
    assert not shown(filter, genre=["Drama"], decade_category="1980s")


def test_values_are_whole_and_case_insensitive() -> None:
    """A part of a name does not match. Case and case folding are ignored."""
    assert shown(Filter(director=values(["FRANK darabont"])))
    assert not shown(Filter(director=values(["Frank"])))
    assert shown(Filter(director=values(["STRASSE"])), director=["Straße"])


@pytest.mark.parametrize("typed", ["CHLOE  ZHAO", "Chloé Zhao", "Chloe\N{COMBINING ACUTE ACCENT} Zhao", "chloé-zhao"])
def test_names_are_folded(typed: str) -> None:
    """Case, accents, their composition, spaces and punctuation of a name are ignored."""
    assert shown(Filter(director=values([typed])), director=["Chloé Zhao"])


def test_a_director_is_found_by_id() -> None:
    """The id is that of any director of the film."""
    one = NamedDirectorStats(name="Joel Coen", id="nm0001054", total_movies=1, average_rating=None)
    other = NamedDirectorStats(name="Ethan Coen", id="nm0001053", total_movies=1, average_rating=None)
    film: dict[str, Any] = {"director": [one.name, other.name], "directors_stats": [one, other]}
    for value in ("nm0001053", "nm0001054", "ethan coen"):
        assert shown(Filter(director=frozenset([value])), **film)
    assert not shown(Filter(director=frozenset(["nm0001055"])), **film)


def test_derived_genres_count_as_genres() -> None:
    """A category that was derived from the page is filtered like a genre."""
    assert shown(Filter(genre=values(["prison"])))


def test_themes_are_the_categories_that_are_no_genres() -> None:
    """A genre that is repeated among the categories is no theme."""
    film: dict[str, Any] = {"genre": ["Drama"], "genre_categories": ["Road Trip", "Drama", "Adaptation"]}
    assert shown(Filter(theme=values(["road trip"])), **film)
    assert shown(Filter(theme=values(["adaptation"])), **film)
    assert not shown(Filter(theme=values(["drama"])), **film)


def test_a_film_is_found_by_its_kind() -> None:
    """A film that was stored before films had a kind passes no filter by kind."""
    assert shown(Filter(kind=values(["tvmovie"])), kind="tvMovie")
    assert not shown(Filter(kind=values(["movie"])), kind=None)


def test_genres_are_kept_as_the_film_writes_them() -> None:
    """Each folded genre has the text of the film, once."""
    film = movie(1, genre=["Sci-Fi", "Drama"], genre_categories=["Time Travel", "Drama"])
    found = facets(json.loads(film.model_dump_json()))
    assert dict(zip(found.genres, found.genres_as_written, strict=True)) == {
        "sci fi": "Sci-Fi",
        "drama": "Drama",
        "time travel": "Time Travel",
    }


@pytest.mark.parametrize(("rating", "passes"), [(7.5, True), (7.4, False), (None, False)])
def test_an_unrated_film_is_below_every_rating(rating: float | None, passes: bool) -> None:
    """A film without a rating fails each minimum. A film with exactly the minimum passes."""
    assert shown(Filter(min_rating=7.5), rating=rating) is passes


def test_a_missing_facet_fails_its_filter() -> None:
    """A film without a decade passes only if there is no filter by decade."""
    assert not shown(Filter(decade=values(["1990s"])), decade_category=None)
    assert shown(EVERYTHING, decade_category=None, director=[], genre=[], rating=None)


def test_a_film_is_found_by_its_id_and_tone() -> None:
    """Both are compared as whole values."""
    assert shown(Filter(id=values(["TT0000001"]), tone=values(["hopeful"])))
    assert not shown(Filter(id=values(["tt000000"])))
