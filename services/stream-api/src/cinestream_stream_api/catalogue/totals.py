"""`Totals`: how many films there are, counted as they come and go; pure."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cinestream_stream_api.events.filters import Facets


@dataclass(frozen=True)
class Summary:
    """How many films there are, in all and by what they can be filtered by; a film may have several genres."""

    films: int
    rated: int
    average_rating: float | None
    decades: dict[str, int]
    genres: dict[str, int]
    tones: dict[str, int]


class Totals:
    """Counts of films, kept so that asking for them does not cost a walk over all."""

    def __init__(self) -> None:
        self._films = 0
        self._decades = Counter[str]()
        self._genres = Counter[str]()
        self._tones = Counter[str]()
        # How many films have each rating: a running sum of floats would drift.
        self._ratings = Counter[float]()

    def add(self, film: Facets) -> None:
        """Count a film in."""
        self._films += 1
        for counter, values in self._of(film):
            counter.update(values)

    def remove(self, film: Facets) -> None:
        """Count a film out that was counted in."""
        self._films -= 1
        for counter, values in self._of(film):
            counter.subtract(values)
            for value in values:
                if not counter[value]:
                    del counter[value]

    def _of(self, film: Facets) -> Iterable[tuple[Counter[Any], set[Any]]]:
        yield self._decades, {film.decade} - {None}
        yield self._genres, set(film.genres)
        yield self._tones, {film.tone} - {None}
        yield self._ratings, {film.rating} - {None}

    def summary(self) -> Summary:
        """The counts of now; decades in their order, genres and tones by how many films have them."""
        rated = self._ratings.total()
        total = math.fsum(rating * films for rating, films in self._ratings.items())
        return Summary(
            films=self._films,
            rated=rated,
            average_rating=round(total / rated, 2) if rated else None,
            decades=dict(sorted(self._decades.items())),
            genres=dict(self._genres.most_common()),
            tones=dict(self._tones.most_common()),
        )
