"""The catalogue of the site: the bundled films, or the complete data set if it is installed.

`FilmCatalogue` finds what a page shows: one film, a chart, similar films, the films of a person, or search results.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

import orjson

from cinestream_demo.films.film import CreditedPerson, DemoFilm, ReleaseDate, person_ids
from cinestream_demo.films.wikidata import Facts, read_films
from cinestream_flow.message import Message

CHART_TOP = 250
CHART_POPULAR = 100
MORE_LIKE_THIS = 12
NEIGHBOURS = 60
"""Films of each shared genre that are compared for "more like this".

Sixty give twelve good ones, and the cost does not grow with the catalogue.
"""


class AllFilmsMissing(Exception):
    """The complete data set is needed, but it is not installed."""


class FilmCatalogue:
    """An immutable set of films, iterated from the most to the least popular."""

    def __init__(self, films: Iterable[DemoFilm]) -> None:
        self._films = {film.id: film for film in sorted(films, key=_popularity)}

    def __iter__(self) -> Iterator[DemoFilm]:
        return iter(self._films.values())

    def __len__(self) -> int:
        return len(self._films)

    def get(self, film_id: str) -> DemoFilm | None:
        """Return the film with this id, or None."""
        return self._films.get(film_id)

    @cached_property
    def top(self) -> list[DemoFilm]:
        """The 250 best rated films, best first."""
        return sorted((film for film in self if film.is_released), key=_rank)[:CHART_TOP]

    @cached_property
    def popular(self) -> list[DemoFilm]:
        """The 100 films with the most votes."""
        return list(self)[:CHART_POPULAR]

    @cached_property
    def people(self) -> dict[str, CreditedPerson]:
        """Everyone in the credits, by id."""
        return {person.id: person for film in self for person in (*film.directors, *film.writers, *film.cast)}

    def films_of(self, person_id: str) -> list[DemoFilm]:
        """Return the films in which this person is credited, most popular first."""
        return self._by_person.get(person_id, [])

    def more_like(self, film: DemoFilm) -> list[DemoFilm]:
        """Return up to 12 similar films: of the same director, with the same genres, or of about the same year."""
        near = {other.id: other for genre in film.genres for other in self._by_genre[genre][:NEIGHBOURS]}
        near |= {other.id: other for person in film.directors for other in self.films_of(person.id)}
        near.pop(film.id, None)
        return sorted(near.values(), key=lambda other: (-_likeness(film, other), other.id))[:MORE_LIKE_THIS]

    def search(self, text: str) -> list[DemoFilm]:
        """Return the films whose title, original title or id contains the text. Case and accents are ignored."""
        requested = _folded(text)
        return [film for film in self if requested in self._searchable[film.id]] if requested else []

    @cached_property
    def _searchable(self) -> dict[str, str]:
        return {film.id: _folded(f"{film.title}\n{film.original_title}\n{film.id}") for film in self}

    @cached_property
    def _by_genre(self) -> defaultdict[str, list[DemoFilm]]:
        films: defaultdict[str, list[DemoFilm]] = defaultdict(list)
        for film in self:
            for genre in film.genres:
                films[genre].append(film)
        return films

    @cached_property
    def _by_person(self) -> dict[str, list[DemoFilm]]:
        films: defaultdict[str, list[DemoFilm]] = defaultdict(list)
        for film in self:
            for person in dict.fromkeys((*film.directors, *film.writers, *film.cast)):
                films[person.id].append(film)
        return dict(films)


def open_catalogue(films: int | None = None) -> FilmCatalogue:
    """Return the bundled films, or the `films` most popular ones.

    A number above that of the bundled films adds films of the installed data set.

    Raises:
        AllFilmsMissing: the number needs the data set, which is not installed.
    """
    bundled = list(bundled_facts())
    ids = person_ids(_names(bundled))
    if films is None or films <= len(bundled):
        return FilmCatalogue(sorted((film_from(facts, ids) for facts in bundled), key=_popularity)[:films])
    known = {facts["id"] for facts in bundled}
    others = [facts for facts in read_films(all_films_database()) if facts["id"] not in known]
    ids = person_ids(_names(others), taken=ids)
    return FilmCatalogue(film_from(facts, ids) for facts in [*bundled, *others][:films])


def bundled_facts() -> Iterator[Facts]:
    """Yield the films of the bundled file, which holds one film per line."""
    for line in resources.files(__package__).joinpath("data/catalogue.json").read_bytes().splitlines():
        yield orjson.loads(line)


def all_films_database() -> Path:
    """Return the path of the installed data set.

    Raises:
        AllFilmsMissing: the data set is not installed.
    """
    package = find_spec("bokeh_sampledata")
    if package is None or package.origin is None:
        raise AllFilmsMissing(
            Message("only the bundled films are here; for more install the extra cinestream-demo[all-films]")
        )
    return Path(package.origin).parent / "_data" / "movies.db"


def film_from(facts: Facts, ids: dict[str, str]) -> DemoFilm:
    """Build a film from its facts. `ids` maps the name of each person to an id."""
    people = {
        role: tuple(CreditedPerson(ids[name], name) for name in facts[role])
        for role in ("directors", "writers", "cast")
    }
    lists = {key: tuple(value) for key, value in facts.items() if isinstance(value, list)}
    released = ReleaseDate(*map(int, facts["released"].split("-"))) if facts["released"] else None
    return DemoFilm(**{**facts, **lists, **people, "released": released})


def _names(films: Iterable[Facts]) -> Iterator[str]:
    for facts in films:
        yield from (*facts["directors"], *facts["writers"], *facts["cast"])


def _popularity(film: DemoFilm) -> tuple[int, str]:
    return (-film.votes, film.id)


def _rank(film: DemoFilm) -> tuple[float, int, str]:
    return (-(film.rating or 0), -film.votes, film.id)


def _likeness(film: DemoFilm, other: DemoFilm) -> float:
    shared = len({*film.genres} & {*other.genres}) / max(1, len({*film.genres} | {*other.genres}))
    directors = len({*film.directors} & {*other.directors})
    keywords = len({*film.keywords} & {*other.keywords})
    years = abs((film.year or 0) - (other.year or 0))
    return 3 * shared + 2 * bool(directors) + keywords + (other.rating or 0) / 10 - years / 40


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).strip()
