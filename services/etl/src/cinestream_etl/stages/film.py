"""The later stages: describe a film by itself, then complete its movie with facts from other films. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cinestream.contracts import Movie, NamedDirectorStats, Recommendation
from cinestream.contracts.director import director_key
from cinestream_etl.directors import Contribution, DirectorRecord
from cinestream_etl.stages.enrich import enrich
from cinestream_etl.stages.fingerprint import facts, fingerprint
from cinestream_etl.stages.page import TitlePage
from cinestream_etl.tone.model import ToneModel


@dataclass(frozen=True)
class Film:
    """Everything that the page of a film states, without what depends on other films.

    `movie` has no directors' statistics, and only those recommendations that the page shows. `facts` are the fields of
    the movie that describe the film itself, as they are on the wire. Two pages with the same facts and the same
    directors have the same `fingerprint`. `contribution` is the film's entry in the records of its directors.
    """

    page: TitlePage
    movie: Movie
    facts: Mapping[str, Any]
    fingerprint: str
    contribution: Contribution

    @property
    def id(self) -> str:
        """The title id."""
        return self.page.id


def describe(page: TitlePage, tone_model: ToneModel) -> Film:
    """Describe the film of a page. This runs the tone model, because the fingerprint covers the tone."""
    title = page.title
    movie = enrich(title, tone_model(title.plot, title.genres))
    of_film = facts(movie.model_dump(mode="json"))
    film_fingerprint = fingerprint(of_film, page.director_keys)
    return Film(page, movie, of_film, film_fingerprint, Contribution(title.rating, page.page_time, film_fingerprint))


def complete(film: Film, records: Mapping[str, DirectorRecord], nearest: Sequence[Recommendation] = ()) -> Movie:
    """Return the movie with the facts that come from other films.

    Args:
        film: the film.
        records: the record of each of its directors, by key, with the film itself in it.
        nearest: recommendations for a film whose page shows none. They are ignored for any other film.
    """
    found = [(person, records[director_key(person.name, person.id)].stats) for person in film.page.title.directors]
    listed = [
        NamedDirectorStats(name=person.name, id=person.id, **stats.model_dump()) for person, stats in found if stats
    ]
    news: dict[str, Any] = {"director_stats": found[0][1] if found else None, "directors_stats": listed}
    if nearest and not film.movie.recommendations:
        news |= {"recommendations": list(nearest), "recommendations_source": "catalogue"}
    return film.movie.model_copy(update=news)


def complete_alone(film: Film) -> Movie:
    """Return the movie as if no other film were known."""
    record = DirectorRecord({film.id: film.contribution})
    return complete(film, dict.fromkeys(film.page.director_keys, record))
