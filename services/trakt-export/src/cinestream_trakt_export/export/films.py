"""An export from beginning to end: read to the end, prove it complete, then write. The file to read first.

Everything that Trakt said is in the checkpoint before it is used, and what is written is a function of the checkpoint
alone: so a run that is killed anywhere and started again ends with the same bytes.
"""

import hashlib
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import orjson

from cinestream_flow.checkpoint import Checkpoint, CheckpointRefused
from cinestream_flow.operations import SUFFIX, prune
from cinestream_flow.pipeline import RejectedItem
from cinestream_trakt_export.export.archive import Archive
from cinestream_trakt_export.export.completeness import Told, read_proof
from cinestream_trakt_export.export.list_reader import ListReader, Place, Progress
from cinestream_trakt_export.export.rows import Rows
from cinestream_trakt_export.i18n.messages import say, told
from cinestream_trakt_export.letterboxd.csv_files import Parts, write_skipped
from cinestream_trakt_export.library.date_range import ALL_DAYS, DateRange, Seconds
from cinestream_trakt_export.library.facts import Facts, facts_of, levels_of
from cinestream_trakt_export.library.films import Entry, number_of, title_of
from cinestream_trakt_export.library.filters import NO_FILTERS, Filters
from cinestream_trakt_export.library.request import Request, Summary, mode_of
from cinestream_trakt_export.library.store import Store
from cinestream_trakt_export.settings import TraktSettings
from cinestream_trakt_export.trakt.account import Account
from cinestream_trakt_export.trakt.client import Trakt
from cinestream_trakt_export.trakt.endpoints import (
    COLLECTED_MOVIES,
    HISTORY_MOVIES,
    RATED_MOVIES,
    WATCHED_MOVIES,
    WATCHLIST_MOVIES,
)
from cinestream_trakt_export.trakt.errors import TraktError

if TYPE_CHECKING:
    from cinestream_trakt_export.export.stream_lookup import StreamLookup

ATTEMPTS = 3


@dataclass(frozen=True)
class Plan:
    """What an export reads: its list, and, for those that have one, the map that proves it complete.

    Args:
        path: the list.
        form: of its rows, a key of `letterboxd.COLUMNS`.
        proof: where the map is; empty for a list that is proved by its count.
        each_time: whether the list has an item for each play, as the map has.
        rated: whether the rows have ratings.
    """

    path: str
    form: str
    proof: str = ""
    each_time: bool = False
    rated: bool = False


_FILMS = Plan(WATCHED_MOVIES, "films", proof=WATCHED_MOVIES, rated=True)
_DIARY = Plan(HISTORY_MOVIES, "diary", proof=WATCHED_MOVIES, each_time=True, rated=True)
RATED = Plan(RATED_MOVIES, "ratings")
_OTHERS = {
    "ratings": RATED,
    "watchlist": Plan(WATCHLIST_MOVIES, "watchlist"),
    "collection": Plan(COLLECTED_MOVIES, "list"),
}


def plan_of(kind: str, mode: str) -> Plan:
    """The plan of an export: one row per viewing in mode "individual", where the list has viewings, else per film."""
    if kind in _OTHERS:
        return _OTHERS[kind]
    return _DIARY if mode == "individual" else _FILMS


class Incomplete(TraktError):
    """Less was read than Trakt says that there is; nothing was written."""


async def export(
    trakt: Trakt,
    settings: TraktSettings,
    owner: Account,
    request: Request,
    *,
    progress: Progress = lambda path, there, of: None,
    known: "StreamLookup | None" = None,
) -> Summary:
    """Export one list of the account; raises TraktError, and leaves older files there, when it cannot.

    `known` is asked about the films before the files are written.
    """
    before, plan = trakt.requests, plan_of(request.kind, mode_of(request.kind, request.mode))
    path = checkpoint_of(settings, owner, request)
    with ExitStack() as stack:
        checkpoint = stack.enter_context(
            open_checkpoint(path, settings, request.identity(owner.slug, settings.api.url))
        )
        store = stack.enter_context(Store(path.with_suffix(".scratch")))
        date_range = request.date_range if plan.each_time else ALL_DAYS
        facts = facts_of(request.extended, plan.path)
        reading = _Reading(trakt, settings, checkpoint, store, progress, request.filters, facts)
        await reading.complete(plan, date_range, owner.zone)
        ratings = store if plan is RATED else None
        if plan.rated and request.extended != "min":
            ratings = stack.enter_context(Store(path.with_suffix(".ratings")))
            await _Reading(trakt, settings, checkpoint, ratings, progress).complete(RATED)
        asked = {"enqueue": request.enqueue, "enrich": request.enrich}
        directors = await known.directors(store.imdb_ids(), **asked) if known else None
        rows = Rows(plan.form, owner.zone, request.date_range, directors, request.extended, facts)
        summary = finish(request, rows, store, ratings, buffer_size=settings.streaming.buffer_size)
        checkpoint.remove()
    return replace(summary, requests=trakt.requests - before)


def export_archive(archive: Archive, settings: TraktSettings, zone: ZoneInfo, request: Request) -> Summary:
    """The same from Trakt's own export of an account, without network; raises TraktError when it is not complete."""
    plan, folder = plan_of(request.kind, mode_of(request.kind, request.mode)), settings.checkpoints.dir
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with Store(folder / f"{request.kind}-archive.scratch") as store, Store(folder / "archive.ratings") as ratings:
        facts = facts_of(request.extended, plan.path)
        archive.load(plan.path, store, facts)
        if plan.each_time and archive.has(plan.proof):
            with Store(folder / "archive.watched") as watched:
                archive.load(plan.proof, watched)
                store.expect((trakt, 1) for trakt in watched.trakt_ids())
            if missing := store.missing(each_time=False):
                raise Incomplete(say("archive.short", path=archive.path, missing=missing))
        if plan.rated and archive.has(RATED.path):
            archive.load(RATED.path, ratings)
        rows = Rows(plan.form, zone, request.date_range, None, request.extended, facts)
        rated = store if plan is RATED else ratings
        return finish(request, rows, store, rated, buffer_size=settings.streaming.buffer_size)


def finish(request: Request, rows: Rows, store: Store, ratings: Store | None, *, buffer_size: int) -> Summary:
    """Write what was read, or show its first rows."""
    if request.preview:
        first = [row for _, row in islice(rows.of(store, ratings), request.preview)]
        return Summary(len(first), first=first, columns=rows.columns)
    parts = Parts(request.out, request.kind, rows.columns, buffer_size=buffer_size)
    files = rows.write(store, ratings, parts)
    skipped = [*store.skipped()]
    write_skipped(request.out, request.kind, skipped)
    return Summary(parts.rows, len(skipped), files=files, columns=rows.columns)


def checkpoint_of(settings: TraktSettings, owner: Account, request: Request) -> Path:
    """Where an export of this account is kept until it is finished."""
    whose = hashlib.sha256(f"{owner.slug} {settings.api.url}".encode()).hexdigest()[:12]
    return settings.checkpoints.dir / f"{request.kind}{'-preview' if request.preview else ''}-{whose}{SUFFIX}"


def open_checkpoint(path: Path, settings: TraktSettings, identity: dict[str, str]) -> Checkpoint:
    """The checkpoint of an export; raises CheckpointRefused for one that is another's."""
    saving = settings.checkpoints
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    prune(path.parent, keep=saving.max_checkpoints, protected=path)
    try:
        return Checkpoint(path, identity, sync_items=saving.every, sync_seconds=saving.interval)
    except CheckpointRefused as error:
        raise CheckpointRefused(say("export.refused", reason=told(error))) from None


@dataclass(frozen=True)
class _Reading:
    """A list on its way from Trakt into the store; films that are not `filters` are hidden there, `facts` noted."""

    trakt: Trakt
    settings: TraktSettings
    checkpoint: Checkpoint
    store: Store
    progress: Progress
    filters: Filters = NO_FILTERS
    facts: Facts | None = None

    async def complete(self, plan: Plan, date_range: DateRange = ALL_DAYS, zone: ZoneInfo | None = None) -> None:
        """Read a list until it is proved complete; it may have changed while it was read, so this is tried again.

        Of a date_range, the list has what happened in it; Trakt's map says what else did.
        """
        reason, within = "", date_range.seconds(zone) if date_range and zone else None
        for attempt in range(1, ATTEMPTS + 1):
            self.store.clear()
            reader = ListReader(
                self.trakt, self.checkpoint, plan.path, attempt=attempt, query=date_range.query, levels=self._levels
            )
            look = self._look if self._levels else None
            await reader.read(self._add, self.settings, on_rejected=self._skip, look=look, progress=self.progress)
            reason = await self._incomplete(plan, reader, within)
            if not reason:
                return
        self.checkpoint.remove()  # the next run begins anew: these pages do not fit together
        raise Incomplete(say("export.short", path=plan.path, attempts=ATTEMPTS, reason=reason))

    @property
    def _levels(self) -> list[str]:
        """What Trakt is asked to say of the items beside the usual."""
        return levels_of(self.facts, full=bool(self.filters))

    def _look(self, entries: Sequence[Entry], places: Sequence[Place]) -> None:
        pairs = [*zip(entries, (item for _, item in places), strict=True)]
        if self.filters:
            self.store.hide(entry.number for entry, item in pairs if not self.filters.accepts(item))
        if self.facts:
            self.store.note((entry.number, self.facts.of_json(item)) for entry, item in pairs)

    async def _add(self, entries: Sequence[Entry]) -> None:
        self.store.add(entries)

    def _skip(self, bad: RejectedItem) -> None:
        position, json = bad.item
        item = orjson.loads(bytes(json))
        self.store.skip(number_of(item, position=position), title_of(item), bad.reason)

    async def _incomplete(self, plan: Plan, reader: ListReader, within: Seconds | None) -> str:
        """What is missing; empty when nothing is. The map of all times is the better proof than a count of items."""
        if plan.proof:
            told = Told(self.store, within)
            await read_proof(self.trakt, self.checkpoint, told, plan.proof, reader.prefix)
            missing = self.store.missing(each_time=plan.each_time, within=within)
            return say("export.map", missing=missing) if missing else ""
        have = self.store.count()
        return "" if reader.counts == {have} else say("export.count", have=have, counts=sorted(reader.counts))
