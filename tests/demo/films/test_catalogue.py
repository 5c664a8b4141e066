"""The bundled catalogue, and the lookups of `FilmCatalogue`."""

import re
import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from cinestream_demo.films import catalogue as catalogue_module
from cinestream_demo.films.catalogue import AllFilmsMissing, FilmCatalogue, film_from, open_catalogue
from cinestream_demo.films.film import DemoFilm, person_ids
from cinestream_demo.films.reserved_ids import RESERVED
from cinestream_demo.films.wikidata import read_films


def test_holds_at_least_250_real_films(catalogue: FilmCatalogue) -> None:
    """The catalogue fills a chart of 250, which contains the two best known films."""
    assert len(catalogue) >= 300
    assert len(catalogue.top) == 250
    assert catalogue.get("tt0111161") in catalogue.top
    assert catalogue.get("tt0068646") in catalogue.top


def test_every_film_is_complete(catalogue: FilmCatalogue) -> None:
    """Each film has an id of IMDb's form, a title, year, rating, genres, directors and one or two sentences of plot."""
    for film in catalogue:
        assert re.fullmatch(r"tt\d{7,8}", film.id)
        assert film.title
        assert film.year is not None
        assert 1920 < film.year < 2026
        assert film.rating is not None
        assert 0 <= film.rating <= 10
        assert film.votes > 0
        assert film.genres
        assert film.directors
        assert film.countries
        assert film.runtime_minutes
        assert film.plot is not None
        assert film.plot.endswith(".")
        assert 1 <= len(re.findall(r"\.(?:\s|$)", film.plot)) <= 2
        assert 1 <= len(film.keywords) <= 5


def test_no_two_plots_are_similar(catalogue: FilmCatalogue) -> None:
    """Plots do not follow a template: no two share more than half of their words, and nearly all begin differently."""
    plots = [film.plot or "" for film in catalogue]
    assert len({" ".join(plot.split()[:4]) for plot in plots}) > 0.97 * len(plots)
    words = [frozenset(re.findall(r"\w{4,}", plot.lower())) for plot in plots]
    similar = [
        (plots[here], plots[there])
        for here in range(len(plots))
        for there in range(here)
        if len(words[here] & words[there]) > 0.5 * len(words[here] | words[there])
    ]
    assert similar == []


def test_the_catalogue_is_varied(catalogue: FilmCatalogue) -> None:
    """At least 40 directors have three films or more, and there are many decades and countries."""
    directors = Counter(person.id for film in catalogue for person in film.directors)
    assert sum(films >= 3 for films in directors.values()) >= 40
    assert len({(film.year or 0) // 10 for film in catalogue}) >= 8
    assert len({country for film in catalogue for country in film.countries}) >= 25
    assert any(film.released and film.released.month is None for film in catalogue)
    assert any(film.title != film.original_title for film in catalogue)


def test_people_have_one_id_each(catalogue: FilmCatalogue) -> None:
    """The id of a person has eight digits, and always belongs to the same name."""
    names: dict[str, set[str]] = {}
    for film in catalogue:
        for person in (*film.directors, *film.writers, *film.cast):
            assert re.fullmatch(r"nm9\d{7}", person.id)
            names.setdefault(person.id, set()).add(person.name)
    assert all(len(of_id) == 1 for of_id in names.values())


def test_person_ids_are_stable_and_free_of_collisions() -> None:
    """The order of the names does not matter, known names keep their ids, and no id is used twice."""
    names = [f"Person {number}" for number in range(20_000)]
    ids = person_ids(names)
    assert ids == person_ids(reversed(names))
    assert len(set(ids.values())) == len(names)
    more = person_ids(["Somebody New", *names], taken=ids)
    assert ids.items() < more.items()


def test_reserved_ids_are_not_of_the_catalogue(catalogue: FilmCatalogue) -> None:
    """No film of the catalogue has a reserved id, so no chart contains one."""
    assert not RESERVED.keys() & {film.id for film in catalogue}


def test_more_like_this(catalogue: FilmCatalogue) -> None:
    """Every film has twelve similar films, the same at each call, that share a genre or a director with it."""
    for film in catalogue:
        similar = catalogue.more_like(film)
        assert len(similar) == 12
        assert len({other.id for other in similar} - {film.id}) == 12
        assert all({*film.genres} & {*other.genres} or {*film.directors} & {*other.directors} for other in similar)
        assert similar == catalogue.more_like(film)


def test_search_folds_case_and_accents(catalogue: FilmCatalogue) -> None:
    """A search finds titles and original titles in any case and without accents. An empty search finds nothing."""
    assert [film.id for film in catalogue.search("AMELIE")] == ["tt0211915"]
    assert [film.id for film in catalogue.search("shichinin")] == ["tt0047478"]
    assert catalogue.search("  ") == []


def test_fewer_films_are_the_most_popular_ones() -> None:
    """A catalogue of ten films has the ten with the most votes."""
    assert [film.id for film in open_catalogue(10)] == [film.id for film in open_catalogue()][:10]


def test_more_films_without_the_data_set_name_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the extra to install when the data set is missing."""
    monkeypatch.setattr(catalogue_module, "find_spec", lambda name: None)
    with pytest.raises(AllFilmsMissing, match=r"cinestream-demo\[all-films\]"):
        open_catalogue(17_000)


def test_reads_the_data_set(tmp_path: Path) -> None:
    """The first of two rows of a film counts, unknown places are left out, and the first of January means the year."""
    database = tmp_path / "movies.db"
    with sqlite3.connect(database) as connection:
        connection.executescript(
            """
            CREATE TABLE omdb (ID, imdbID, Title, Year, Rating, Runtime, Genre, Released, Director, Writer, "Cast",
                               Metacritic, Language, Country);
            CREATE TABLE tomatoes (ID, Meter, Reviews, Production);
            INSERT INTO omdb VALUES
                (1, 'tt0000001', 'One', 1999, 'R', 90.0, 'Drama, Crime', '1999-01-01', 'A B, C D', 'A B', 'E F, G H',
                 71, 'English, Elvish', 'France, Atlantis'),
                (2, 'tt0000001', 'One again', 1999, NULL, NULL, 'Drama', '1999-02-03', 'A B', NULL, '', NULL, '', ''),
                (3, 'tt0000002', 'Two', 2001, NULL, NULL, 'Comedy', '2001-02-03', 'G H', NULL, 'G H', NULL, NULL, NULL);
            INSERT INTO tomatoes VALUES (1, 80, 10, 'Films & Co.'), (2, 10, 5, NULL), (3, 100, 3, NULL);
            """
        )
    connection.close()
    one, two = read_films(database)
    assert (one["title"], one["rating"], one["released"]) == ("One", 8.0, "1999")
    assert (one["countries"], one["languages"]) == (["FR"], ["en"])
    assert one["cast"] == ["G H", "E F"]
    film = film_from({**two, "keywords": [], "plot": None}, person_ids(["G H"]))
    assert isinstance(film, DemoFilm)
    assert (film.rating, film.runtime_minutes, film.plot) == (10.0, None, None)
    assert film.directors == film.cast
