"""A batch of exports: one list after the other, with a report of all of them at the end."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from cinestream.commands.language import translate
from cinestream_flow.checkpoint import CheckpointRefused
from cinestream_flow.logger import get_logger
from cinestream_flow.message import Message
from cinestream_trakt_export.cli.progress import ExportOutcome, ProgressBars, print_preview, print_summary
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

log = get_logger("trakt")
Report = Callable[[Sequence[ExportOutcome]], None]


@dataclass(frozen=True)
class Batch:
    """Exports of one account from the API.

    Args:
        trakt: the client.
        settings: the settings of the run.
        owner: the account.
        stream: our stream, None if no export needs it.
    """

    trakt: Trakt
    settings: TraktSettings
    owner: Account
    stream: "StreamLookup | None"

    async def run(self, requests: Sequence[Request], report: Report, *, incremental: bool = False) -> None:
        """Export each list, and report the exports that succeeded. A failed list does not stop the others.

        Args:
            requests: the lists.
            report: gets the outcomes.
            incremental: keep the files of a list if nothing has changed at Trakt.

        Raises:
            TraktError: Some lists failed, or nobody is logged in.
            Transient: Trakt cannot be reached. The lists after this one were not tried.
        """
        activities = (await self.trakt.get(LAST_ACTIVITIES)).content if incremental else None
        with ProgressBars() as bars:
            hooks = Hooks(bars.show, translate, self.stream)

            async def run(request: Request) -> Summary:
                # A preview writes no files, and the directors of a film may change without a change at Trakt.
                if not incremental or request.preview or request.enrich:
                    return await export(self.trakt, self.settings, self.owner, request, hooks)
                return await self._run_changed(request, activities, hooks)

            await _run_each(requests, run, report)

    async def _run_changed(self, request: Request, activities: object, hooks: Hooks) -> Summary:
        """Export a list unless nothing has changed since the previous export."""
        changes = activities_of(request.kind, activities)
        path = checkpoint_path(self.settings, self.owner, request).with_suffix(".done")
        previous = PreviousExport(path, request.identity(self.owner.slug, self.settings.api.url))
        summary = previous.unchanged(request, changes)
        if summary is None:
            summary = await export(self.trakt, self.settings, self.owner, request, hooks)
            previous.remember(summary, changes)
        return summary


async def run_archived(
    archive: Archive, settings: TraktSettings, zone: str, requests: Sequence[Request], *, report: Report
) -> None:
    """Export each list from Trakt's own export of an account, and report the exports that succeeded.

    Args:
        archive: the open archive.
        settings: the settings of the run.
        zone: the name of a time zone. An empty one means that of the archive.
        requests: the lists.
        report: gets the outcomes.

    Raises:
        TraktError: Some lists failed, or no time zone is known.
    """
    if not (zone := zone or archive.zone):
        raise TraktError(Message("the archive does not name your time zone: set it with --time-zone"))

    async def run(request: Request) -> Summary:
        return await export_archive(archive, settings, zone_of(zone), request, translate)

    await _run_each(requests, run, report)


async def _run_each(requests: Sequence[Request], run: Callable[[Request], Awaitable[Summary]], report: Report) -> None:
    outcomes, errors = list[ExportOutcome](), list[str]()
    for request in requests:
        begun = time.monotonic()
        try:
            outcomes.append(ExportOutcome(request, await run(request), time.monotonic() - begun))
        except NeedsLogin:
            raise  # no other list would succeed
        except (TraktError, CheckpointRefused) as error:
            errors.append(f"{request.kind}: {translate(error)}")
    if outcomes:
        report(outcomes)
    if errors:
        raise TraktError("\n".join(errors))


def report_to_terminal(outcomes: Sequence[ExportOutcome]) -> None:
    """Print previews and a summary."""
    for outcome in outcomes:
        if outcome.request.preview:
            print_preview(outcome)
    print_summary(outcomes)
    if with_skipped := [outcome for outcome in outcomes if outcome.summary.skipped]:
        path = with_skipped[0].request.out / "skipped.csv"
        typer.echo(translate("The reasons for skipped items are in {path}", path=path))


def report_to_log(outcomes: Sequence[ExportOutcome]) -> None:
    """Log each export of a service."""
    for outcome in outcomes:
        summary = outcome.summary
        facts = {"rows": summary.rows, "skipped": summary.skipped, "requests": summary.requests}
        log.info("export.written", list=outcome.request.kind, files=len(summary.files), **facts)
