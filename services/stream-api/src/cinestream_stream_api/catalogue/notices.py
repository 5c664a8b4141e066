"""Notices to clients whose filter matches no known film."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import partial
from itertools import islice

from anyio import move_on_after

from cinestream.contracts import PlotTone
from cinestream.contracts.movie import FILM_KINDS
from cinestream_stream_api.catalogue.film_index import FilmIndex
from cinestream_stream_api.catalogue.nearest import MAX_NEAREST, nearest, nearest_directors
from cinestream_stream_api.catalogue.scan import Scan
from cinestream_stream_api.catalogue.shared_work import SharedWork, in_slices
from cinestream_stream_api.events.filters import EVERYTHING, Facets, Filter
from cinestream_stream_api.events.folding import fold

MAX_SECONDS = 1.0
"""Seconds that a client waits for its notice. When many filters match nothing, some clients get no notice."""

_MAX_UNKNOWN = 10
_NEWEST = 200
"""Films that are looked at first, because nearly every filter matches one of these."""

_SLICE = 500
_WRITTEN = {fold(text): text for text in (*PlotTone, *FILM_KINDS)}


@dataclass(frozen=True, slots=True)
class UnknownValue:
    """A value that no known film has, in its folded form, and the nearest known values as films write them."""

    parameter: str
    value: str
    nearest: list[str]


@dataclass(frozen=True, slots=True)
class Notice:
    """The reason why no known film matches. `filters` is empty if each value is known, but no film has all of them."""

    message: str
    filters: list[UnknownValue]


class Notices:
    """The notices about filters, each as of the current films."""

    def __init__(self, scan: Scan) -> None:
        self._scan = scan
        self._work = SharedWork()

    def may_apply(self, filter: Filter) -> bool:
        """Return False if it is clear at once that there is no notice about a filter."""
        index = self._scan.index
        if filter is EVERYTHING or index is None:
            return False
        return not any(map(filter.matches, islice(index.newest_first(), _NEWEST)))

    async def of(self, filter: Filter) -> Notice | None:
        """Return the notice about a filter, or None if a known film matches or the index is still being built."""
        index = self._scan.index
        if index is None or not self.may_apply(filter):
            return None
        with move_on_after(MAX_SECONDS):
            return await self._work.result(filter, index.position, partial(notice_about, index, filter))
        return None


async def notice_about(index: FilmIndex, filter: Filter) -> Notice | None:
    """Return the notice about a filter, or None if a film matches. Pauses often, so that other tasks can run."""
    films = index.films()
    if not films:
        return Notice("No film is known yet.", [])
    async for part in in_slices(_slices(films)):
        if any(map(filter.matches, part)):
            return None
    unknown = [value for parameter in _parameters(filter) for value in await _unknown(index, films, filter, parameter)]
    unknown = unknown[:_MAX_UNKNOWN]
    if not unknown:
        return Notice("No known film matches: some films have each of these values, but none has all of them.", [])
    named = ", ".join(f"{one.parameter}={one.value}" for one in unknown)
    close = ", ".join(one.nearest[0] for one in unknown if one.nearest)
    return Notice(f"No known film has {named}." + (f" Did you mean {close}?" if close else ""), unknown)


def _slices(films: list[Facets]) -> Iterable[list[Facets]]:
    return (films[at : at + _SLICE] for at in range(0, len(films), _SLICE))


def _parameters(filter: Filter) -> list[str]:
    return [field.name for field in fields(filter) if getattr(filter, field.name) != field.default]


async def _unknown(index: FilmIndex, films: list[Facets], filter: Filter, parameter: str) -> list[UnknownValue]:
    known = Counter[str]()
    async for part in in_slices(_slices(films)):
        for film in part:
            known.update(_values(film, parameter))
    if parameter == "min_rating":
        highest = max(map(float, known), default=0.0)
        near = [str(highest)] if highest else []
        return [UnknownValue(parameter, str(filter.min_rating), near)] if highest < (filter.min_rating or 0) else []
    unknown = sorted(getattr(filter, parameter) - known.keys())[:_MAX_UNKNOWN]
    return [UnknownValue(parameter, value, await _nearest(index, parameter, value, known)) for value in unknown]


def _values(film: Facets, parameter: str) -> Iterable[str]:
    match parameter:
        case "genre":
            return film.genres
        case "theme":
            return film.themes
        case "director":
            return film.directors
        case "min_rating":
            return () if film.rating is None else (str(film.rating),)
        case _:
            value = getattr(film, parameter)
            return () if value is None else (value,)


async def _nearest(index: FilmIndex, parameter: str, value: str, known: Counter[str]) -> list[str]:
    match parameter:
        case "id":
            return []
        case "tone" | "kind":
            return [_WRITTEN.get(one, one) for one, _ in known.most_common(MAX_NEAREST)]
        case "decade":
            return sorted(known, key=lambda one: abs(int(one[:4]) - int(value[:4])))[:MAX_NEAREST]
        case "director":
            return await nearest_directors(value, index.by_director)
        case _:
            written = index.totals.spellings()
            return [written.get(one, one) for one in await nearest(value, known, known.__getitem__)]
