"""An export from beginning to end: read to the end, prove it complete, then write. The file to read first.

Everything that Trakt said is in the checkpoint before it is used, and what is written is a function of the checkpoint
alone: so a run that is killed anywhere and started again ends with the same bytes.
"""

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cinestream.contracts.errors import Invalid
from cinestream.resilience.checkpoint import Checkpoint
from cinestream.streaming import Bad, Stage, stream
from cinestream_trakt_export.answers import TraktError
from cinestream_trakt_export.client import Trakt
from cinestream_trakt_export.importfile import Parts, write_skipped
from cinestream_trakt_export.letterboxd import COLUMNS, rows_of_film
from cinestream_trakt_export.library import Entry, entry_id, parse_entry, title_of
from cinestream_trakt_export.read import ListReader, Progress
from cinestream_trakt_export.settings import TraktSettings
from cinestream_trakt_export.store import Store

ATTEMPTS = 3
_RATINGS = "/sync/ratings/movies"
_WATCHED = "/sync/watched/movies"


class Incomplete(TraktError):
    """Less was read than Trakt says that there is; nothing was written."""


@dataclass(frozen=True)
class Plan:
    """What an export reads: its list, and for those that have one the map that proves it complete."""

    path: str
    proof: str = ""
    each_time: bool = False
    rated: bool = False


PLANS = {
    "watched": Plan(_WATCHED, proof=_WATCHED, rated=True),
    "history": Plan("/sync/history/movies", proof=_WATCHED, each_time=True, rated=True),
    "ratings": Plan(_RATINGS),
    "watchlist": Plan("/sync/watchlist/movies"),
    "collection": Plan("/sync/collection/movies"),
}


@dataclass(frozen=True)
class Account:
    """Whose library it is, and where its owner lives."""

    slug: str
    zone: ZoneInfo


@dataclass(frozen=True)
class Summary:
    """What an export came to."""

    rows: int
    skipped: int
    requests: int
    files: Sequence[Path]


async def account(trakt: Trakt) -> Account:
    """The account that is logged in."""
    content = (await trakt.get("/users/settings")).content
    try:
        user = content["user"]
        zone = content["account"]["timezone"] or "UTC"
        return Account(str(user.get("ids", {}).get("slug") or user["username"]), ZoneInfo(zone))
    except (KeyError, TypeError, AttributeError):
        raise TraktError("Trakt's settings of this account are not readable") from None
    except (ValueError, OSError):
        raise TraktError(f"Trakt says the account's time zone is {zone!r}, which is none") from None


async def export(
    trakt: Trakt, settings: TraktSettings, kind: str, out: Path, *, progress: Progress = lambda path, there, of: None
) -> Summary:
    """Export one list of the account into `out`; raises TraktError, and leaves older files there, when it cannot."""
    before = trakt.requests
    plan, owner = PLANS[kind], await account(trakt)
    identity = {"account": owner.slug, "export": kind, "api": settings.api.url}
    folder = settings.checkpoints.dir
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"{kind}-{hashlib.sha256(f'{owner.slug} {settings.api.url}'.encode()).hexdigest()[:12]}"
    with Checkpoint(folder / f"{name}.checkpoint", identity) as checkpoint, Store(folder / f"{name}.scratch") as store:
        reading = _Reading(trakt, checkpoint, store, settings.worker_pool.size, progress)
        for each in [plan, PLANS["ratings"]] if plan.rated else [plan]:
            await reading.complete(each)
        files, rows = _write(kind, owner, store, out)
        skipped = [*store.skipped(plan.path)]
        write_skipped(out, kind, skipped)
        checkpoint.remove()
    return Summary(rows, len(skipped), trakt.requests - before, files)


@dataclass(frozen=True)
class _Reading:
    """Lists on their way from Trakt into the store."""

    trakt: Trakt
    checkpoint: Checkpoint
    store: Store
    workers: int
    progress: Progress

    async def complete(self, plan: Plan) -> None:
        """Read a list until it is proved complete; it may have changed while it was read, so this is tried again."""
        reason = ""
        for attempt in range(1, ATTEMPTS + 1):
            reader = ListReader(self.trakt, self.checkpoint, plan.path, attempt=attempt)
            await reader.read(self.workers, self.progress)
            self.store.clear(plan.path)
            await self._load(reader)
            reason = await self._incomplete(plan, reader)
            if not reason:
                return
        self.checkpoint.remove()  # the next run begins anew: these pages do not fit together
        raise Incomplete(f"{plan.path} was not read completely in {ATTEMPTS} attempts: {reason}")

    async def _load(self, reader: ListReader) -> None:
        async def items() -> AsyncIterator[tuple[str, Any]]:
            for number in reader.pages():
                for index, item in enumerate(reader.page(number)[1]):
                    yield entry_id(item, fallback=f"page {number}, item {index + 1}"), item

        async def parse(chunk: Sequence[tuple[str, Any]]) -> Sequence[Entry]:
            return [parse_entry(item, id=id) for id, item in chunk]

        async def add(entries: Sequence[Entry]) -> None:
            self.store.add(reader.path, entries)

        def skip(bad: Bad) -> None:
            id, item = bad.item
            self.store.skip(reader.path, (id, title_of(item), bad.reason))

        await stream(items(), [Stage("parse", parse)], add, on_bad=skip)

    async def _incomplete(self, plan: Plan, reader: ListReader) -> str:
        """What is missing; empty when nothing is. The map of all times is the better proof than a count of items."""
        have = self.store.count(plan.path)
        if plan.proof:
            missing = self.store.missing(plan.path, await reader.proof(plan.proof), each_time=plan.each_time)
            unread = len([*self.store.skipped(plan.path)])
            return f"{missing} of Trakt's own map are missing" if missing > unread else ""
        counts = {reader.page(number)[0].items for number in reader.pages()}
        return "" if counts == {have} else f"{have} items were read, Trakt counts {sorted(counts)}"


def _write(kind: str, owner: Account, store: Store, out: Path) -> tuple[list[Path], int]:
    """Write the files; a row that fits into no file is skipped."""
    plan = PLANS[kind]
    parts = Parts(out, kind, COLUMNS[kind])
    try:
        for entries in store.films(plan.path):
            rating = store.rating(_RATINGS, entries[0].film) if plan.rated or kind == "ratings" else None
            for row in rows_of_film(kind, entries, rating, owner.zone):
                try:
                    parts.add(row)
                except Invalid as error:
                    store.skip(plan.path, (f"{entries[0].id} written", entries[0].film.title, str(error)))
        return parts.publish(), parts.rows
    except BaseException:
        parts.discard()
        raise
