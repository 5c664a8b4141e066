"""The counts of the current films that match a filter, and of their directors."""

from dataclasses import dataclass

from cinestream_stream_api.catalogue.directors import Directors, TopDirector
from cinestream_stream_api.catalogue.film_index import FilmIndex
from cinestream_stream_api.catalogue.shared_work import in_slices
from cinestream_stream_api.catalogue.totals import FilmCounts, FilmTotals
from cinestream_stream_api.events.filters import EVERYTHING, Filter
from cinestream_stream_api.events.position import Position

TOP_DIRECTORS = 20
"""Maximum number of directors that are listed."""

_SLICE = 100


@dataclass(frozen=True)
class Statistics:
    """The counts of films as of a position, the number of their directors, and the directors of most of these films."""

    position: Position
    films: FilmCounts
    directors: int
    top_directors: list[TopDirector]


async def count(index: FilmIndex, filter: Filter) -> Statistics:
    """Count the films that match. Pauses often, so that other tasks can run."""
    position = index.position
    totals, directors = (index.totals, index.by_director) if filter is EVERYTHING else await _matching(index, filter)
    counts, number = totals.counts(), len(directors)
    top = list[TopDirector]()
    async for part in in_slices(directors.slices()):
        top = sorted([*top, *part], key=lambda one: (-one.films, one.name, one.id or ""))[:TOP_DIRECTORS]
    return Statistics(position, counts, number, top)


async def _matching(index: FilmIndex, filter: Filter) -> tuple[FilmTotals, Directors]:
    """Count the films that match, as of the current position."""
    totals, directors = FilmTotals(), Directors()
    films = index.films()
    async for part in in_slices(films[at : at + _SLICE] for at in range(0, len(films), _SLICE)):
        for film in part:
            if filter.matches(film):
                totals.add(film)
                directors.add(film.id, film.credits)
    return totals, directors
