"""Filters: alternatives of one parameter, a conjunction of different parameters, whole values without case."""

import json
from typing import Any

import pytest
from tests.stream_api.films import movie

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


def test_derived_genres_count_as_genres() -> None:
    """A category that was derived from the plot is filtered like a genre."""
    assert shown(Filter(genre=values(["prison"])))


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


def test_blank_values_count_as_absent() -> None:
    """`?genre=` filters nothing."""
    assert values(["", "  "]) == frozenset()
