"""The description of the export of series: its lists, and its rows.

Series have a file of their own. In a file of films, Letterboxd would import them as films of the same name.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo

import orjson

from cinestream.contracts.errors import Invalid
from cinestream_flow.message import Message
from cinestream_flow.pipeline import RejectedItem
from cinestream_trakt_export.export.sources import ListItem
from cinestream_trakt_export.letterboxd.columns import columns_at
from cinestream_trakt_export.library.facts import Facts, facts_of, levels_of
from cinestream_trakt_export.library.films import title_of
from cinestream_trakt_export.library.request import Request
from cinestream_trakt_export.library.series import item_id, series_entries
from cinestream_trakt_export.library.store import SERIES_COLUMNS, SeriesItem, SeriesStore
from cinestream_trakt_export.library.values import Row, Skipped
from cinestream_trakt_export.trakt.endpoints import (
    COLLECTED_SHOWS,
    HISTORY_EPISODES,
    RATED_EPISODES,
    RATED_SHOWS,
    WATCHED_SHOWS,
)

if TYPE_CHECKING:
    from cinestream_trakt_export.export.stream_lookup import StreamLookup


@dataclass(frozen=True)
class SeriesList:
    """A list of series or episodes, and the store for its items.

    Args:
        path: the path of the list in the API.
        store: receives the items.
        request: the filters, the days and the level of detail.
    """

    path: str
    store: SeriesStore
    request: Request
    expected: ClassVar[None] = None

    @property
    def query(self) -> Mapping[str, str]:
        """Query parameters for the days. Only the history can be requested by days."""
        return self.request.date_range.query if self.path == HISTORY_EPISODES else {}

    @property
    def levels(self) -> Sequence[str]:
        """Levels of detail that the filters and the additional columns need.

        Trakt lists the seasons of watched series only with the level `progress`.
        """
        own = ["progress"] if self.path == WATCHED_SHOWS else []
        return [*own, *levels_of(self._facts, full=bool(self.request.filters))]

    @property
    def _facts(self) -> Facts | None:
        return facts_of(self.request.extended, self.path)

    def clear(self) -> None:
        """Delete what is stored of the list."""
        self.store.clear(self.path)

    async def parse(self, items: Sequence[ListItem]) -> Sequence[SeriesItem]:
        """Return the items with their entries. An item that the filters refuse has no entries, but still counts."""
        facts, filters, parsed = self._facts, self.request.filters, []
        for position, json in items:
            try:
                item = orjson.loads(bytes(json))
            except orjson.JSONDecodeError as error:
                raise Invalid(Message("not readable: {error}", error=error)) from None
            id = item_id(item, position=position)
            entries = [*series_entries(item, id=id, facts=facts)]
            parsed.append((id, entries if not filters or filters.accepts(json) else []))
        return parsed

    async def add(self, parsed: Sequence[SeriesItem]) -> None:
        """Store items."""
        self.store.add(self.path, parsed)

    def skip(self, rejected: RejectedItem) -> None:
        """Record an item that cannot be read."""
        position, json = rejected.item
        item = orjson.loads(bytes(json))
        self.store.skip(self.path, (item_id(item, position=position), title_of(item), rejected.reason))

    def count(self) -> int:
        """Return the number of items that are stored, skipped items included."""
        return self.store.count(self.path)


@dataclass(frozen=True)
class SeriesExport:
    """The export of series. In mode "individual" each viewing of an episode is a row, otherwise each episode is."""

    request: Request
    zone: ZoneInfo
    store: SeriesStore

    @property
    def _each_time(self) -> bool:
        return self.request.mode == "individual"

    @property
    def lists(self) -> Sequence[SeriesList]:
        """The watched episodes, then the lists that add to them."""
        watched = HISTORY_EPISODES if self._each_time else WATCHED_SHOWS
        paths = (watched, COLLECTED_SHOWS, RATED_SHOWS, RATED_EPISODES)
        return [SeriesList(path, self.store, self.request) for path in paths]

    @property
    def columns(self) -> Row:
        """The header of the file."""
        return (*columns_at(self.request.extended, SERIES_COLUMNS), *self._fact_columns)

    @property
    def _fact_columns(self) -> Row:
        # The list of collected series has every fact that one of the other lists has.
        facts = facts_of(self.request.extended, COLLECTED_SHOWS)
        return facts.columns if facts else ()

    async def look_up(self, stream: "StreamLookup") -> None:
        """Do nothing: our stream has films only."""

    def rows(self) -> Iterator[tuple[str, Row]]:
        """Yield each row on a day of the request, with its number."""
        fields = [(*SERIES_COLUMNS, *self._fact_columns).index(name) for name in self.columns]
        watched = SERIES_COLUMNS.index("Watched")
        number = 0
        for row in self.store.rows(self.zone, each_time=self._each_time):
            if self.request.date_range.contains(row[watched]):
                # A row without facts ends after the usual columns.
                yield f"row {number}", tuple(row[field] if field < len(row) else "" for field in fields)
                number += 1

    def skip_row(self, key: str, row: Row, reason: Message) -> None:
        """Record a row that does not fit into a file."""
        self.store.skip(self.request.kind, (key, row[0], reason))

    def skipped(self) -> Iterator[Skipped]:
        """Yield the items that were left out."""
        return self.store.skipped()


@contextmanager
def open_shows(request: Request, zone: ZoneInfo, path: Path) -> Iterator[SeriesExport]:
    """Open the export of series with its scratch file, which is named like `path` with another suffix."""
    with SeriesStore(path.with_suffix(".scratch")) as store:
        yield SeriesExport(request, zone, store)
