"""The description of exports of films: their lists and their rows."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cinestream_flow.message import Message
from cinestream_trakt_export.export.completeness import ExpectedPlays
from cinestream_trakt_export.export.film_list import RATED, FilmList, Plan, plan_of
from cinestream_trakt_export.export.rows import FilmRows
from cinestream_trakt_export.library.date_range import ALL_DAYS
from cinestream_trakt_export.library.facts import Facts, facts_of
from cinestream_trakt_export.library.films import Entry
from cinestream_trakt_export.library.request import Request, mode_of
from cinestream_trakt_export.library.store import FilmStore
from cinestream_trakt_export.library.values import Row, Skipped

if TYPE_CHECKING:
    from cinestream_trakt_export.export.stream_lookup import StreamLookup


@dataclass
class FilmExport:
    """An export of films: its list, the ratings if its rows have any, and the rows."""

    plan: Plan
    request: Request
    zone: ZoneInfo
    store: FilmStore
    ratings: FilmStore | None
    _directors: Mapping[str, str] | None = field(default=None, init=False)

    @property
    def lists(self) -> Sequence[FilmList]:
        """The list itself, then the list of ratings."""
        plan, request = self.plan, self.request
        date_range = request.date_range if plan.each_time else ALL_DAYS
        within = date_range.seconds(self.zone) if date_range else None
        expected = ExpectedPlays(plan.play_map, self.store, plan.each_time, within) if plan.play_map else None
        itself = FilmList(plan, self.store, request.filters, self._facts, date_range, expected)
        return [itself, FilmList(RATED, self.ratings)] if self.ratings else [itself]

    @property
    def _facts(self) -> Facts | None:
        return facts_of(self.request.extended, self.plan.path)

    @property
    def _rows(self) -> FilmRows:
        request = self.request
        return FilmRows(self.plan.form, self.zone, request.date_range, self._directors, request.extended, self._facts)

    @property
    def columns(self) -> Row:
        """The header of the files."""
        return self._rows.columns

    async def look_up(self, stream: "StreamLookup") -> None:
        """Ask our stream for the directors, or queue the films for the scraper, as requested."""
        request = self.request
        self._directors = await stream.directors(self.store.imdb_ids(), enqueue=request.enqueue, enrich=request.enrich)

    def rows(self) -> Iterator[tuple[Entry, Row]]:
        """Yield each row with the first entry of its film."""
        return self._rows.of(self.store, self.store if self.plan is RATED else self.ratings)

    def skip_row(self, key: Entry, row: Row, reason: Message) -> None:
        """Record a row that does not fit into a file."""
        self.store.skip(key.number, key.title, reason)

    def skipped(self) -> Iterator[Skipped]:
        """Yield the items that were left out."""
        return self.store.skipped()


@contextmanager
def open_films(request: Request, zone: ZoneInfo, path: Path) -> Iterator[FilmExport]:
    """Open an export of films with its scratch files, which are named like `path` with other suffixes."""
    plan = plan_of(request.kind, mode_of(request.kind, request.mode))
    with ExitStack() as stack:
        store = stack.enter_context(FilmStore(path.with_suffix(".scratch")))
        rated = plan.rated and request.extended != "min"
        ratings = stack.enter_context(FilmStore(path.with_suffix(".ratings"))) if rated else None
        yield FilmExport(plan, request, zone, store, ratings)
