"""Recommendations where a page has none: the nearest of the known films."""

from typing import Any

import pytest
from tests.etl.conftest import PAGE_TIME, case, read_film

from cinestream_etl.catalogue import MAX_RECOMMENDATIONS, KnownFilms
from cinestream_etl.directors import DirectorRecord
from cinestream_etl.stages.film import complete, complete_alone

FILM = complete_alone(read_film(case("reference/localised_film").html))


def _other(number: int, **facts: Any) -> dict[str, Any]:
    other = FILM.model_copy(update={"id": f"tt{number:07}", "title": f"Film {number}", **facts})
    return other.model_dump(mode="json")


def test_a_film_that_shares_more_is_nearer() -> None:
    """A director counts more than a star, a star more than a genre, and of equals the better rated comes first."""
    alone: dict[str, Any] = {"director": [], "stars": [], "genre_categories": [], "decade_category": None}
    known_films = KnownFilms(100)
    known_films.add(_other(1, **alone | {"genre_categories": ["Drama"], "rating": 6.0}))
    known_films.add(_other(2, **alone | {"genre_categories": ["Drama"], "rating": 7.0}))
    known_films.add(_other(3, **alone | {"stars": ["Dora Quist"]}))
    known_films.add(_other(4, **alone | {"director": ["Ada Brandt"]}))
    known_films.add(_other(5, **alone | {"decade_category": "1990s"}))
    known_films.add(FILM.model_dump(mode="json"))
    assert [film.id for film in known_films.nearest(FILM)] == ["tt0000004", "tt0000003", "tt0000002", "tt0000001"]


def test_only_the_last_films_are_known() -> None:
    """The oldest films are dropped, a film that is added again counts as new, and a removed film is not recommended."""
    known_films = KnownFilms(3)
    for number in (1, 2, 3, 1, 4):
        known_films.add(_other(number))
    known_films.remove("tt0000003")
    known_films.remove("tt0000009")
    assert len(known_films) == 2
    assert {film.id for film in known_films.nearest(FILM)} == {"tt0000001", "tt0000004"}


def test_no_more_than_a_page_shows() -> None:
    """The list has a limit, however many films are near."""
    known_films = KnownFilms(1000)
    for number in range(1, 500):
        known_films.add(_other(number))
    assert len(known_films.nearest(FILM)) == MAX_RECOMMENDATIONS


def test_a_message_that_is_not_a_movie_is_refused() -> None:
    """It leaves nothing in the index."""
    known_films = KnownFilms(10)
    with pytest.raises(ValueError, match="id"):
        known_films.add({"title": "No id"})
    assert len(known_films) == 0


def test_the_page_comes_first() -> None:
    """A movie names the source of its recommendations, and recommendations are no part of the film's facts."""
    known_films = KnownFilms(10)
    known_films.add(_other(1))
    film = read_film(case("reference/localised_film").html)
    records = dict.fromkeys(film.page.director_keys, DirectorRecord({film.id: film.contribution}))
    near = complete(film, records, known_films.nearest(film.movie))
    assert ([other.id for other in near.recommendations], near.recommendations_source) == (["tt0000001"], "catalogue")
    shown = read_film(case("data_testid/localised_film").html)
    records = dict.fromkeys(shown.page.director_keys, DirectorRecord({shown.id: shown.contribution}))
    own = complete(shown, records, known_films.nearest(shown.movie))
    assert ([other.id for other in own.recommendations], own.recommendations_source) == (["tt9000021"], "page")
    assert "recommendations_source" not in film.facts
    assert film.page.page_time == PAGE_TIME
