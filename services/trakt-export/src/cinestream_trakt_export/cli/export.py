"""The work of the commands `export` and `verify`."""

from functools import partial
from pathlib import Path

import anyio
import typer

from cinestream.commands.exit_codes import ExitCode
from cinestream.commands.frame import fail
from cinestream.commands.language import translate
from cinestream.runtime.settings import load_settings as load_common_settings
from cinestream_flow.message import Message, Plural
from cinestream_flow.operations import UnfinishedOperation, forget
from cinestream_trakt_export.cli.batch import Batch, report_to_log, report_to_terminal, run_archived
from cinestream_trakt_export.cli.export_options import ExportOptions
from cinestream_trakt_export.cli.session import (
    client_settings,
    profiled,
    reporting_errors,
    schedule_of,
    stream_lookup,
    user_settings,
    with_trakt,
)
from cinestream_trakt_export.export.archive import Archive
from cinestream_trakt_export.export.checkpoints import checkpoint_path
from cinestream_trakt_export.letterboxd.verify import verify_folder
from cinestream_trakt_export.library.date_range import DateRange
from cinestream_trakt_export.library.filters import Filters
from cinestream_trakt_export.library.request import Request
from cinestream_trakt_export.schedule import Schedule
from cinestream_trakt_export.settings import OpsSettings, TraktSettings
from cinestream_trakt_export.trakt.account import account
from cinestream_trakt_export.trakt.client import Trakt

_PREVIEW_ROWS = 10
_MAX_FAULTS = 100


def export_lists(options: ExportOptions, every: str, cron: str) -> None:
    """Export lists once, or by a schedule.

    Args:
        options: The options of the command.
        every: Interval of the exports, or an empty text.
        cron: Times of the exports, or an empty text.
    """
    schedule = schedule_of(every, cron)
    _refuse_useless(options, schedule)
    if options.from_archive:
        _export_archive(options, options.from_archive)
        return

    async def work(trakt: Trakt, settings: TraktSettings) -> None:
        owner, requests = await account(trakt), _requests(options, settings)
        if options.restart:
            for request in requests:
                forget(UnfinishedOperation(checkpoint_path(settings, owner, request), {}))
        async with stream_lookup(requests, service=bool(schedule)) as stream:
            report = report_to_log if schedule else report_to_terminal
            # The files of an unchanged list stay, but its films are still to be queued.
            incremental = options.incremental and not options.enqueue
            await Batch(trakt, settings, owner, stream).run(requests, report, incremental=incremental)

    if schedule:
        from cinestream_trakt_export.cli.scheduled import ScheduledExport  # a web server: slow to import

        with profiled(options.profile, settings := client_settings()):
            ScheduledExport(settings, schedule, work).run(load_common_settings(OpsSettings, translate=translate))
    else:
        with_trakt(work, profile=options.profile)


def _requests(options: ExportOptions, settings: TraktSettings) -> list[Request]:
    mode, rows = options.mode or settings.export.mode, _PREVIEW_ROWS if options.preview else 0
    filters, level = Filters(tuple(options.genre), tuple(options.status)), settings.api.extended
    days = DateRange(options.since, options.until)
    return [
        Request(kind, options.out, mode, days, rows, options.enrich, filters, level, options.enqueue)
        for kind in options.kinds
    ]


def _export_archive(options: ExportOptions, path: Path) -> None:
    with reporting_errors():
        settings = user_settings()
        with profiled(options.profile, settings), Archive(path) as archive:
            requests = _requests(options, settings)
            zone = options.time_zone
            anyio.run(partial(run_archived, archive, settings, zone, requests, report=report_to_terminal))


def _refuse_useless(options: ExportOptions, schedule: Schedule | None) -> None:
    """Exit with code 2 for options that would write an empty file, or would be ignored."""
    online = (options.genre, options.status, options.enqueue, options.enrich, options.incremental, schedule)
    if DateRange(options.since, options.until).empty:
        message = Message("no day is both after --since and before --until")
    elif options.time_zone and not options.from_archive:
        message = Message("--time-zone needs --from-archive: Trakt's API gives the time zone of your account")
    elif options.from_archive and any(online):
        message = Message(
            "--from-archive cannot be combined with --genre, --status, --enqueue, --enrich, --every, "
            "--cron or --incremental"
        )
    else:
        return
    fail(message, ExitCode.USAGE)


def verify_files(folder: Path) -> None:
    """Print the faults of import files to stderr, and exit with 1 if there are any."""
    rows, faults = verify_folder(folder)
    for fault in faults[:_MAX_FAULTS]:
        typer.echo(translate(fault), err=True)
    if faults:
        message = Message(
            "{faults} in {rows}",
            faults=Plural("{count:,} fault", "{count:,} faults", count=len(faults)),
            rows=Plural("{count:,} row", "{count:,} rows", count=rows),
        )
        fail(message)
    typer.echo(translate(Plural("{count:,} row, no faults", "{count:,} rows, no faults", count=rows)))
