"""Counts of the current films by facet. Pure."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cinestream_stream_api.events.filters import Facets


@dataclass(frozen=True)
class FilmCounts:
    """The number of films: in total, and by decade, genre and tone. A film may have several genres."""

    films: int
    rated: int
    average_rating: float | None
    decades: dict[str, int]
    genres: dict[str, int]
    tones: dict[str, int]


class FilmTotals:
    """Running counts of films, so that reading them does not cost a walk over all films."""

    def __init__(self) -> None:
        self._films = 0
        self._decades = Counter[str]()
        self._genres = Counter[str]()
        self._tones = Counter[str]()
        # The number of films by rating. A running sum of ratings would drift with each rounding error.
        self._ratings = Counter[float]()

    def add(self, film: Facets) -> None:
        """Count a film."""
        self._films += 1
        for counter, values in self._values(film):
            counter.update(values)

    def remove(self, film: Facets) -> None:
        """Subtract a film that was counted with the same facets."""
        self._films -= 1
        for counter, values in self._values(film):
            counter.subtract(values)
            for value in values:
                if not counter[value]:
                    del counter[value]

    def _values(self, film: Facets) -> Iterable[tuple[Counter[Any], set[Any]]]:
        yield self._decades, {film.decade} - {None}
        yield self._genres, set(film.genres)
        yield self._tones, {film.tone} - {None}
        yield self._ratings, {film.rating} - {None}

    def counts(self) -> FilmCounts:
        """Return the current counts: decades in their order, genres and tones by the number of their films."""
        rated = self._ratings.total()
        total = math.fsum(rating * films for rating, films in self._ratings.items())
        return FilmCounts(
            films=self._films,
            rated=rated,
            average_rating=round(total / rated, 2) if rated else None,
            decades=dict(sorted(self._decades.items())),
            genres=dict(self._genres.most_common()),
            tones=dict(self._tones.most_common()),
        )
