"""An export from beginning to end: read to the end, prove it complete, then write. The file to read first.

Everything that Trakt said is in the checkpoint before it is used, and what is written is a function of the checkpoint
alone: so a run that is killed anywhere and started again ends with the same bytes.
"""

import hashlib
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import orjson

from cinestream.resilience.checkpoint import Checkpoint
from cinestream.resilience.operations import SUFFIX, prune
from cinestream.streaming import Bad
from cinestream_trakt_export.answers import TraktError
from cinestream_trakt_export.client import Trakt
from cinestream_trakt_export.importfile import Parts, write_skipped
from cinestream_trakt_export.library import Entry, number_of, title_of
from cinestream_trakt_export.messages import say
from cinestream_trakt_export.plans import RATED, Plan, mode_of, plan_of
from cinestream_trakt_export.proof import read_proof
from cinestream_trakt_export.read import ListReader, Progress
from cinestream_trakt_export.rows import Rows
from cinestream_trakt_export.settings import TraktSettings
from cinestream_trakt_export.store import Store

if TYPE_CHECKING:
    from cinestream_trakt_export.films_known import FilmsKnown

ATTEMPTS = 3


class Incomplete(TraktError):
    """Less was read than Trakt says that there is; nothing was written."""


@dataclass(frozen=True)
class Account:
    """Whose library it is, and where its owner lives."""

    slug: str
    zone: ZoneInfo


@dataclass(frozen=True)
class Request:
    """What is exported, and where to. `mode` is one of `plans.MODES`, or "auto"."""

    kind: str
    out: Path
    mode: str = "auto"
    since: date | None = None

    def identity(self, owner: Account, api: str) -> dict[str, str]:
        """All that the files depend on, beside the library."""
        return {
            "account": owner.slug,
            "api": api,
            "export": self.kind,
            "mode": mode_of(self.kind, self.mode),
            "out": str(self.out.resolve()),
            "since": self.since.isoformat() if self.since else "",
        }


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
        raise TraktError(say("account.unreadable")) from None
    except (ValueError, OSError):
        raise TraktError(say("account.zone", zone=zone)) from None


async def export(
    trakt: Trakt,
    settings: TraktSettings,
    request: Request,
    *,
    progress: Progress = lambda path, there, of: None,
    known: "FilmsKnown | None" = None,
) -> Summary:
    """Export one list of the account; raises TraktError, and leaves older files there, when it cannot.

    `known` is asked about the films before the files are written.
    """
    before, saving = trakt.requests, settings.checkpoints
    owner, plan = await account(trakt), plan_of(request.kind, mode_of(request.kind, request.mode))
    saving.dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    prune(saving.dir, keep=saving.max_checkpoints)
    name = f"{request.kind}-{hashlib.sha256(f'{owner.slug} {settings.api.url}'.encode()).hexdigest()[:12]}"
    with ExitStack() as stack:
        checkpoint = stack.enter_context(
            Checkpoint(
                saving.dir / f"{name}{SUFFIX}",
                request.identity(owner, settings.api.url),
                every=saving.every,
                interval=saving.interval,
            )
        )
        store = stack.enter_context(Store(saving.dir / f"{name}.scratch"))
        await _Reading(trakt, settings, checkpoint, store, progress).complete(plan)
        ratings = store if plan is RATED else None
        if plan.rated:
            ratings = stack.enter_context(Store(saving.dir / f"{name}-ratings.scratch"))
            await _Reading(trakt, settings, checkpoint, ratings, progress).complete(RATED)
        directors = await known.directors(store.imdb_ids()) if known else None
        rows = Rows(plan.form, owner.zone, request.since, directors)
        parts = Parts(request.out, request.kind, rows.columns, buffer_size=settings.streaming.buffer_size)
        files = rows.write(store, ratings, parts)
        skipped = [*store.skipped()]
        write_skipped(request.out, request.kind, skipped)
        checkpoint.remove()
    return Summary(parts.rows, len(skipped), trakt.requests - before, files)


@dataclass(frozen=True)
class _Reading:
    """A list on its way from Trakt into the store."""

    trakt: Trakt
    settings: TraktSettings
    checkpoint: Checkpoint
    store: Store
    progress: Progress

    async def complete(self, plan: Plan) -> None:
        """Read a list until it is proved complete; it may have changed while it was read, so this is tried again."""
        reason = ""
        for attempt in range(1, ATTEMPTS + 1):
            self.store.clear()
            reader = ListReader(self.trakt, self.checkpoint, plan.path, attempt=attempt)
            await reader.read(self._add, self.settings, on_bad=self._skip, progress=self.progress)
            reason = await self._incomplete(plan, reader)
            if not reason:
                return
        self.checkpoint.remove()  # the next run begins anew: these pages do not fit together
        raise Incomplete(say("export.short", path=plan.path, attempts=ATTEMPTS, reason=reason))

    async def _add(self, entries: Sequence[Entry]) -> None:
        self.store.add(entries)

    def _skip(self, bad: Bad) -> None:
        position, json = bad.item
        item = orjson.loads(bytes(json))
        self.store.skip(number_of(item, position=position), title_of(item), bad.reason)

    async def _incomplete(self, plan: Plan, reader: ListReader) -> str:
        """What is missing; empty when nothing is. The map of all times is the better proof than a count of items."""
        if plan.proof:
            await read_proof(self.trakt, self.checkpoint, self.store, plan.proof, reader.prefix)
            missing = self.store.missing(each_time=plan.each_time)
            return say("export.map", missing=missing) if missing else ""
        have = self.store.count()
        return "" if reader.counts == {have} else say("export.count", have=have, counts=sorted(reader.counts))
