"""Exporting lists, one after the other, and saying what came of each."""

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

import structlog
import typer

from cinestream_flow.checkpoint import CheckpointRefused
from cinestream_flow.message import Message
from cinestream_trakt_export.cli.language import translate
from cinestream_trakt_export.cli.progress import Bars, Outcome, print_preview, print_summary
from cinestream_trakt_export.export.archive import Archive
from cinestream_trakt_export.export.checkpoints import checkpoint_path
from cinestream_trakt_export.export.incremental import PreviousExport, activities_of
from cinestream_trakt_export.export.run import Hooks, export, export_archive
from cinestream_trakt_export.library.request import Request, Summary
from cinestream_trakt_export.settings import TraktSettings
from cinestream_trakt_export.trakt.account import Account, zone_of
from cinestream_trakt_export.trakt.client import Trakt
from cinestream_trakt_export.trakt.endpoints import LAST_ACTIVITIES
from cinestream_trakt_export.trakt.errors import NeedsLogin, TraktError

if TYPE_CHECKING:
    from cinestream_trakt_export.export.stream_lookup import StreamLookup

log = structlog.get_logger("trakt")
Report = Callable[[Sequence[Outcome]], None]
_Tried = tuple[list[Outcome], list[str]]


async def export_lists(
    trakt: Trakt,
    settings: TraktSettings,
    owner: Account,
    requests: Sequence[Request],
    known: "StreamLookup | None",
    *,
    report: Report,
    incremental: bool = False,
) -> None:
    """Export each, and report those that were; one that cannot be keeps no other from it.

    Raises:
        TraktError: some could not be, or nobody is logged in.
        Transient: Trakt cannot be reached; no further list was tried.
    """
    activities = (await trakt.get(LAST_ACTIVITIES)).content if incremental else None

    async def one(request: Request) -> Summary:
        seen = activities_of(request.kind, activities)
        path = checkpoint_path(settings, owner, request).with_suffix(".done")
        before = PreviousExport(path, request.identity(owner.slug, settings.api.url))
        again = incremental and not (request.preview or request.enrich)
        summary = before.unchanged(request, seen) if again else None
        if summary is None:
            summary = await export(trakt, settings, owner, request, Hooks(bars.show, translate, known))
            if again:
                before.remember(summary, seen)
        return summary

    with Bars() as bars:
        tried = await _each(requests, one)
    _conclude(tried, report)


async def export_archived(
    archive: Archive, settings: TraktSettings, zone: str, requests: Sequence[Request], *, report: Report
) -> None:
    """The same from Trakt's own export of an account, whose time zone is the archive's unless it is given.

    Raises:
        TraktError: some could not be, or no time zone is known.
    """
    if not (zone := zone or archive.zone):
        raise TraktError(Message("the archive does not tell your time zone: give it with --time-zone"))

    async def one(request: Request) -> Summary:
        return await export_archive(archive, settings, zone_of(zone), request, translate)

    _conclude(await _each(requests, one), report)


async def _each(requests: Sequence[Request], one: Callable[[Request], Awaitable[Summary]]) -> _Tried:
    """What came of those that were exported, and why the others were not."""
    outcomes, problems = list[Outcome](), list[str]()
    for request in requests:
        begun = time.monotonic()
        try:
            outcomes.append(Outcome(request, await one(request), time.monotonic() - begun))
        except NeedsLogin:
            raise
        except (TraktError, CheckpointRefused) as error:
            problems.append(f"{request.kind}: {translate(error)}")
    return outcomes, problems


def _conclude(tried: _Tried, report: Report) -> None:
    outcomes, problems = tried
    if outcomes:
        report(outcomes)
    if problems:
        raise TraktError("\n".join(problems))


def tell(outcomes: Sequence[Outcome]) -> None:
    """Report to who typed the command."""
    for outcome in outcomes:
        if outcome.request.preview:
            print_preview(outcome)
    print_summary(outcomes)
    if skipping := [outcome for outcome in outcomes if outcome.summary.skipped]:
        typer.echo(translate("{path} says why items were skipped", path=skipping[0].request.out / "skipped.csv"))


def tell_log(outcomes: Sequence[Outcome]) -> None:
    """Report to the log of a service."""
    for outcome in outcomes:
        summary = outcome.summary
        facts = {"rows": summary.rows, "skipped": summary.skipped, "requests": summary.requests}
        log.info("export.written", list=outcome.request.kind, files=len(summary.files), **facts)
