"""The lists of films: what each kind of export reads, and how its items are stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
import orjson

from cinestream_flow.pipeline import RejectedItem
from cinestream_trakt_export.export.completeness import ExpectedPlays
from cinestream_trakt_export.export.sources import ListItem
from cinestream_trakt_export.library.date_range import ALL_DAYS, DateRange
from cinestream_trakt_export.library.facts import Facts, levels_of
from cinestream_trakt_export.library.films import Entry, number_of, parse_entry, title_of
from cinestream_trakt_export.library.filters import NO_FILTERS, Filters
from cinestream_trakt_export.library.plays import parse_plays
from cinestream_trakt_export.library.store import FilmStore
from cinestream_trakt_export.trakt.endpoints import (
    COLLECTED_MOVIES,
    HISTORY_MOVIES,
    RATED_MOVIES,
    WATCHED_MOVIES,
    WATCHLIST_MOVIES,
)


@dataclass(frozen=True)
class Plan:
    """The list that an export of films reads, and the form of its rows.

    Args:
        path: the path of the list in the API.
        form: the form of the rows, a key of `letterboxd.diary.COLUMNS`.
        play_map: the path of Trakt's map of plays. It is empty for a list that is compared with its count of items.
        each_time: the list has an item for each play.
        rated: the rows have ratings, which are read from a second list.
    """

    path: str
    form: str
    play_map: str = ""
    each_time: bool = False
    rated: bool = False


_FILMS = Plan(WATCHED_MOVIES, "films", play_map=WATCHED_MOVIES, rated=True)
_DIARY = Plan(HISTORY_MOVIES, "diary", play_map=WATCHED_MOVIES, each_time=True, rated=True)
RATED = Plan(RATED_MOVIES, "ratings")
_OTHERS = {
    "ratings": RATED,
    "watchlist": Plan(WATCHLIST_MOVIES, "watchlist"),
    "collection": Plan(COLLECTED_MOVIES, "list"),
}


def plan_of(kind: str, mode: str) -> Plan:
    """Return the plan of an export. `mode` is a value of `MODES`, and matters for the watched films only."""
    if kind in _OTHERS:
        return _OTHERS[kind]
    return _DIARY if mode == "individual" else _FILMS


@dataclass(frozen=True)
class FilmList:
    """A list of films, and the store for its entries.

    Args:
        plan: the list.
        store: receives the entries.
        filters: entries of other films are hidden in the store.
        facts: the additional columns, whose texts are stored beside the entries.
        date_range: the days that are requested. Only a list of plays can be requested by days.
        expected: the plays that Trakt's map counts, or None for a list without a map.
    """

    plan: Plan
    store: FilmStore
    filters: Filters = NO_FILTERS
    facts: Facts | None = None
    date_range: DateRange = ALL_DAYS
    expected: ExpectedPlays | None = None

    @property
    def path(self) -> str:
        """The path of the list in the API."""
        return self.plan.path

    @property
    def query(self) -> Mapping[str, str]:
        """Query parameters for the days."""
        return self.date_range.query

    @property
    def levels(self) -> Sequence[str]:
        """Levels of detail that the filters and the additional columns need."""
        return levels_of(self.facts, full=bool(self.filters))

    def clear(self) -> None:
        """Delete what is stored."""
        self.store.clear()

    async def parse(self, items: Sequence[ListItem]) -> Sequence[Entry]:
        """Return the entries of these items, and store what the filters and the additional columns need."""
        entries = _parse(items)
        if self.filters:
            pairs = zip(entries, items, strict=True)
            self.store.hide(entry.number for entry, (_, item) in pairs if not self.filters.accepts(item))
        if self.facts:
            pairs = zip(entries, items, strict=True)
            self.store.add_facts((entry.number, self.facts.of_json(item)) for entry, (_, item) in pairs)
        return entries

    async def add(self, parsed: Sequence[Entry]) -> None:
        """Store entries."""
        self.store.add(parsed)

    def skip(self, rejected: RejectedItem) -> None:
        """Record an item that cannot be read."""
        position, json = rejected.item
        item = orjson.loads(bytes(json))
        self.store.skip(number_of(item, position=position), title_of(item), rejected.reason)

    def count(self) -> int:
        """Return the number of items that are stored, skipped items included."""
        return self.store.count()


def _parse(items: Sequence[ListItem]) -> Sequence[Entry]:
    """Parse items, all at once if they are ordinary plays, which is much faster."""
    try:
        return parse_plays(item for _, item in items)
    except msgspec.DecodeError:
        return [parse_entry(item, position=position) for position, item in items]
