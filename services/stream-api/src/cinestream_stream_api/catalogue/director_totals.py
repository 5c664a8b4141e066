"""The statistics of directors as they are now."""

import math
from array import array
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import orjson

from cinestream.bus.jetstream import Bus
from cinestream_stream_api.catalogue.director_records import DirectorRecords, OtherFilms, Ratings
from cinestream_stream_api.catalogue.directors import key_of
from cinestream_stream_api.catalogue.scan import Scan
from cinestream_stream_api.events.event import Event
from cinestream_stream_api.events.filters import Credit, Facets


class DirectorStatistics(NamedTuple):
    """The number of a director's films, and the mean of the known ratings to one decimal (None without any)."""

    total_movies: int
    average_rating: float | None


class DirectorTotals:
    """The statistics of directors: of the current films, and of the films that only the director's record has."""

    def __init__(self, bus: Bus, scan: Scan) -> None:
        self._records = DirectorRecords(bus)
        self._scan = scan

    async def of(self, films: Iterable[Facets]) -> dict[str, DirectorStatistics]:
        """Return the statistics of the directors of these films, by key (`key_of`).

        The films are current versions. They count even if the index does not have them yet. A director is left out
        if neither the index nor the record is available.
        """
        index = self._scan.index
        credits: dict[str, Credit] = {}
        known: dict[str, dict[str, float | None]] = {}
        for film in films:
            for credit in film.credits:
                key = key_of(credit)
                if key not in credits:
                    credits[key], known[key] = credit, index.ratings(key) if index else {}
                known[key][film.id] = film.rating
        others = await self._records.beside({credits[key]: ratings for key, ratings in known.items()})
        found = {key: others.get(credits[key], OtherFilms(0, array("d"))) for key in known}
        # Without the index, and without a record that has more films, the film alone would count.
        return {key: _statistics(ratings, found[key]) for key, ratings in known.items() if index or found[key].films}


def _statistics(known: Ratings, others: OtherFilms) -> DirectorStatistics:
    ratings = [*others.ratings, *(rating for rating in known.values() if rating is not None)]
    total = len(known) + others.films
    # As etl computes it.
    return DirectorStatistics(total, round(math.fsum(ratings) / len(ratings), 1) if ratings else None)


def with_totals(film: Event, totals: Mapping[str, DirectorStatistics]) -> bytes:
    """Return the JSON of a film with the current statistics of its directors in place of those of its event."""
    credits = film.facets.credits if film.facets else ()
    if not credits:
        return film.data
    movie = orjson.loads(film.data)
    current = [totals[key]._asdict() if (key := key_of(credit)) in totals else {} for credit in credits]
    movie["director_stats"] = current[0] or movie["director_stats"]
    # Films that were stored before this field existed do not have it.
    if stats := movie.get("directors_stats"):
        movie["directors_stats"] = [old | new for old, new in zip(stats, current, strict=True)]
    return orjson.dumps(movie)
