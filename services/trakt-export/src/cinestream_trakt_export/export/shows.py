"""Series and episodes, in a file of their own: never in a film file, where they would match films of the same name."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import orjson

from cinestream.contracts.errors import Invalid
from cinestream_flow.checkpoint import Checkpoint
from cinestream_flow.pipeline import RejectedItem
from cinestream_trakt_export.export.archive import Archive
from cinestream_trakt_export.export.films import ATTEMPTS, Incomplete, checkpoint_of, open_checkpoint
from cinestream_trakt_export.export.list_reader import NOTHING, ListReader, Place, Progress
from cinestream_trakt_export.i18n.messages import say
from cinestream_trakt_export.letterboxd.columns import kept
from cinestream_trakt_export.letterboxd.csv_files import Parts, write_skipped
from cinestream_trakt_export.library.facts import Facts, facts_of, levels_of
from cinestream_trakt_export.library.films import title_of
from cinestream_trakt_export.library.filters import Filters
from cinestream_trakt_export.library.request import Request, Summary
from cinestream_trakt_export.library.series import item_id, series_entries
from cinestream_trakt_export.library.series_store import COLUMNS, Item, SeriesStore
from cinestream_trakt_export.library.values import Row
from cinestream_trakt_export.settings import TraktSettings
from cinestream_trakt_export.trakt.account import Account
from cinestream_trakt_export.trakt.client import Trakt
from cinestream_trakt_export.trakt.endpoints import (
    COLLECTED_SHOWS,
    HISTORY_EPISODES,
    RATED_EPISODES,
    RATED_SHOWS,
    WATCHED_SHOWS,
)

if TYPE_CHECKING:
    from cinestream_trakt_export.export.stream_lookup import StreamLookup


async def export_shows(
    trakt: Trakt,
    settings: TraktSettings,
    owner: Account,
    request: Request,
    *,
    progress: Progress = lambda path, there, of: None,
    known: "StreamLookup | None" = None,
) -> Summary:
    """Export the series of the account: as `export.export` does films; our stream knows films only.

    In mode "individual" the episodes' history is read instead of what was watched: a row per viewing.
    """
    each_time, before = request.mode == "individual", trakt.requests
    path = checkpoint_of(settings, owner, request)
    with ExitStack() as stack:
        identity = request.identity(owner.slug, settings.api.url)
        checkpoint = stack.enter_context(open_checkpoint(path, settings, identity))
        store = stack.enter_context(SeriesStore(path.with_suffix(".scratch")))
        for name in _lists(each_time=each_time):
            query = request.date_range.query if name == HISTORY_EPISODES else NOTHING
            asked = _Asked(name, query, request.filters, facts_of(request.extended, name))
            await _complete(trakt, settings, checkpoint, store, asked, progress)
        summary = _finish(request, owner.zone, store, each_time=each_time, buffer_size=settings.streaming.buffer_size)
        checkpoint.remove()
    return replace(summary, requests=trakt.requests - before)


def export_shows_archive(archive: Archive, settings: TraktSettings, zone: ZoneInfo, request: Request) -> Summary:
    """The same from Trakt's own export of an account; what was watched must be there, the other lists may be."""
    each_time, folder = request.mode == "individual", settings.checkpoints.dir
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    watched, *others = _lists(each_time=each_time)
    with SeriesStore(folder / "shows-archive.scratch") as store:
        for name in (watched, *filter(archive.has, others)):
            facts = facts_of(request.extended, name)
            for place in archive.items(name):
                try:
                    store.add(name, _parse([place], request.filters, facts))
                except Invalid as error:
                    _skip(store, name, RejectedItem("parse", place, str(error)))
        return _finish(request, zone, store, each_time=each_time, buffer_size=settings.streaming.buffer_size)


def _lists(*, each_time: bool) -> Sequence[str]:
    """What is read, what was watched first."""
    return HISTORY_EPISODES if each_time else WATCHED_SHOWS, COLLECTED_SHOWS, RATED_SHOWS, RATED_EPISODES


def _skip(store: SeriesStore, name: str, bad: RejectedItem) -> None:
    position, json = bad.item
    item = orjson.loads(bytes(json))
    store.skip(name, (item_id(item, position=position), title_of(item), bad.reason))


@dataclass(frozen=True)
class _Asked:
    """A list, how it is asked for, which of its series are filters, and the facts that are asked for besides."""

    name: str
    query: Mapping[str, str]
    filters: Filters
    facts: Facts | None

    @property
    def levels(self) -> Sequence[str]:
        """What Trakt is asked to say beside the usual."""
        return levels_of(self.facts, full=bool(self.filters))


async def _complete(
    trakt: Trakt,
    settings: TraktSettings,
    checkpoint: Checkpoint,
    store: SeriesStore,
    asked: _Asked,
    progress: Progress,
) -> None:
    """Read a list until it has as many items as Trakt counts; it may have changed while it was read."""
    name = asked.name

    def parse(places: Sequence[Place]) -> Sequence[Item]:
        return _parse(places, asked.filters, asked.facts)

    async def add(items: Sequence[Item]) -> None:
        store.add(name, items)

    def skip(bad: RejectedItem) -> None:
        _skip(store, name, bad)

    reason = ""
    for attempt in range(1, ATTEMPTS + 1):
        store.clear(name)
        reader = ListReader(
            trakt, checkpoint, name, attempt=attempt, parse=parse, query=asked.query, levels=asked.levels
        )
        await reader.read(add, settings, on_rejected=skip, progress=progress)
        have = store.count(name)
        if reader.counts == {have}:
            return
        reason = say("export.count", have=have, counts=sorted(reader.counts))
    checkpoint.remove()  # the next run begins anew: these pages do not fit together
    raise Incomplete(say("export.short", path=name, attempts=ATTEMPTS, reason=reason))


def _parse(places: Sequence[Place], filters: Filters, facts: Facts | None) -> Sequence[Item]:
    """The items of these places; one that is not filters is there without entries, because it counts."""
    items = []
    for position, json in places:
        try:
            item = orjson.loads(bytes(json))
        except orjson.JSONDecodeError as error:
            raise Invalid(say("skipped.unreadable", error=error)) from None
        id = item_id(item, position=position)
        entries = [*series_entries(item, id=id, facts=facts)]
        items.append((id, entries if not filters or filters.accepts(json) else []))
    return items


def _fields(row: Row, places: Sequence[int]) -> Row:
    """These fields of a row, which ends early where nothing more is known."""
    return tuple(row[place] if place < len(row) else "" for place in places)


def _finish(request: Request, zone: ZoneInfo, store: SeriesStore, *, each_time: bool, buffer_size: int) -> Summary:
    facts = facts_of(request.extended, COLLECTED_SHOWS)  # what no other list has, this one has, too
    more = facts.columns if facts else ()
    columns = (*kept(request.extended, COLUMNS), *more)
    places = [(*COLUMNS, *more).index(name) for name in columns]
    found = store.rows(zone, each_time=each_time)
    rows = (_fields(row, places) for row in found if request.date_range.holds(row[COLUMNS.index("Watched")]))
    if request.preview:
        first = [*islice(rows, request.preview)]
        return Summary(len(first), first=first, columns=columns)
    parts = Parts(request.out, request.kind, columns, buffer_size=buffer_size)
    try:
        for row in rows:
            try:
                parts.add(row)
            except Invalid as error:
                store.skip(request.kind, (f"row {parts.rows}", row[0], str(error)))
        files = parts.publish()
    except BaseException:
        parts.discard()
        raise
    skipped = [*store.skipped()]
    write_skipped(request.out, request.kind, skipped)
    return Summary(parts.rows, len(skipped), files=files, columns=columns)
