"""The counts of films, compared with a count over all films."""

import math
from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.stream_api.films import PAGE_TIME, movie

from cinestream_stream_api.catalogue.film_index import FilmIndex
from cinestream_stream_api.events.event import Event, film
from cinestream_stream_api.events.position import Position

versions = st.fixed_dictionaries(
    {
        "number": st.integers(1, 6),
        "rating": st.none() | st.sampled_from([1.0, 7.1, 8.3, 9.9]),
        "genre": st.lists(st.sampled_from(["Drama", "Crime", "War"]), unique=True),
        "genre_categories": st.lists(st.sampled_from(["Drama", "Prison"]), unique=True),
        "decade_category": st.none() | st.sampled_from(["1990s", "2020s"]),
    }
)


def event(sequence: int, version: dict[str, Any]) -> Event:
    """Return a version of a film at a sequence."""
    changes = {key: value for key, value in version.items() if key != "number"}
    envelope = movie(version["number"], **changes).encode(page_time=PAGE_TIME)
    return film(Position("e", sequence), envelope.headers, envelope.body)


@given(st.lists(versions, max_size=40))
def test_the_counts_are_those_of_the_last_versions(published: list[dict[str, Any]]) -> None:
    """Each film counts once with its last version, and once per genre even if it has the genre twice."""
    index = FilmIndex(Position("e", 0))
    for sequence, version in enumerate(published, 1):
        index.add([event(sequence, version)], through=sequence)
    last = {version["number"]: movie(**version) for version in published}.values()
    ratings = [film.rating for film in last if film.rating is not None]
    counts = index.totals.counts()
    assert (counts.films, counts.rated) == (len(last), len(ratings))
    mean = math.fsum(ratings) / len(ratings) if ratings else None
    assert (counts.average_rating is None) == (mean is None)
    assert mean is None or math.isclose(counts.average_rating or 0, mean, abs_tol=0.0051)
    assert counts.decades == Counter(film.decade_category for film in last if film.decade_category)
    assert counts.genres == Counter(g for film in last for g in {*film.genre, *film.genre_categories})
    assert counts.tones == ({"Hopeful": len(last)} if last else {})


@given(st.permutations([["Drama"], ["Drama", "Crime"], ["drama", "War"], ["sci-fi"], ["Sci-Fi"]]))
def test_genres_are_written_and_ordered_the_same_way_each_time(genres: list[list[str]]) -> None:
    """A genre is written as most films write it, or else in capitals. Equal counts are ordered by name."""
    index = FilmIndex(Position("e", 0))
    for number, genre in enumerate(genres, 1):
        index.add([event(number, {"number": number, "genre": genre, "genre_categories": []})], through=number)
    counts = index.totals.counts()
    assert list(counts.genres.items()) == [("Drama", 3), ("Sci-Fi", 2), ("Crime", 1), ("War", 1)]
