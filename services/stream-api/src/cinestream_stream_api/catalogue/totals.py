"""Counts of the current films by facet. Pure."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cinestream.contracts import PlotTone
from cinestream_stream_api.events.filters import Facets

_TONES = {tone.casefold(): tone.value for tone in PlotTone}


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
        self._spellings = Counter[tuple[str, str]]()
        self._tones = Counter[str]()
        # The number of films by rating. A running sum of ratings would drift with each rounding error.
        self._ratings = Counter[float]()

    def add(self, film: Facets) -> None:
        """Count a film."""
        self._count(film, 1)

    def remove(self, film: Facets) -> None:
        """Subtract a film that was counted with the same facets."""
        self._count(film, -1)
        for counter, values in self._counted(film):
            for value in values:
                if not counter[value]:
                    del counter[value]

    def _count(self, film: Facets, step: int) -> None:
        self._films += step
        for counter, values in self._counted(film):
            for value in values:
                counter[value] += step

    def _counted(self, film: Facets) -> Iterable[tuple[Counter[Any], Iterable[Any]]]:
        return (
            (self._decades, () if film.decade is None else (film.decade,)),
            (self._genres, film.genres),
            (self._tones, () if film.tone is None else (film.tone,)),
            # A film may spell a genre in two ways: as a genre, and as a category.
            (self._spellings, tuple(zip(film.genres, film.genres_as_written, strict=True))),
            (self._ratings, () if film.rating is None else (film.rating,)),
        )

    def spellings(self) -> dict[str, str]:
        """Return the spelling of each folded genre that most films have."""
        return dict(sorted(sorted(self._spellings, reverse=True), key=self._spellings.__getitem__))

    def counts(self) -> FilmCounts:
        """Return the current counts: decades in their order, genres and tones by the number of their films.

        Equal numbers are ordered by name. A genre is spelled as most films write it.
        """
        rated = self._ratings.total()
        total = math.fsum(rating * films for rating, films in self._ratings.items())
        return FilmCounts(
            films=self._films,
            rated=rated,
            average_rating=round(total / rated, 2) if rated else None,
            decades=dict(sorted(self._decades.items())),
            genres=_ranked(self._genres, self.spellings()),
            tones=_ranked(self._tones, _TONES),
        )


def _ranked(counts: Mapping[str, int], written: Mapping[str, str]) -> dict[str, int]:
    """Return counts by displayed name: the highest count first, and equal ones by name."""
    named = ((written.get(value, value), count) for value, count in counts.items())
    return dict(sorted(named, key=lambda one: (-one[1], one[0])))
