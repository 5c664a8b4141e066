"""The commands `export` and `verify`."""

from datetime import datetime
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Annotated

import anyio
import typer

from cinestream.commands.language import translate
from cinestream.runtime.settings import load_settings as load_common_settings
from cinestream_flow.message import Message, Plural
from cinestream_flow.operations import UnfinishedOperation, forget
from cinestream_trakt_export.cli.batch import Batch, report_to_log, report_to_terminal, run_archived
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
from cinestream_trakt_export.library.request import KINDS, MODES, Request
from cinestream_trakt_export.settings import OpsSettings, TraktSettings
from cinestream_trakt_export.trakt.account import account
from cinestream_trakt_export.trakt.client import Trakt
from cinestream_trakt_export.trakt.errors import TraktError

_DAY = "%Y-%m-%d"
_PREVIEW_ROWS = 10
_MAX_FAULTS = 100
Kind = Enum("Kind", {name: name for name in (*KINDS, "all")}, type=str)  # type: ignore[misc]
Mode = Enum("Mode", {name: name for name in MODES}, type=str)  # type: ignore[misc]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(export)
    app.command()(verify)


def export(  # noqa: PLR0913 (a command line)
    kind: Annotated[Kind, typer.Argument(help="List to export.")],
    out: Annotated[Path, typer.Option(help="Folder for the files. It is created if necessary.")],
    mode: Annotated[
        Mode | None, typer.Option(help="A row per film, or one per viewing. By default only the history has viewings.")
    ] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Skip everything before this day.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Skip everything after this day.")
    ] = None,
    genre: Annotated[
        list[str] | None, typer.Option(help="Only films and series of this genre. Repeat it for more.")
    ] = None,
    status: Annotated[
        list[str] | None, typer.Option(help="Only films and series with this status. Repeat it for more.")
    ] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Show the first rows and write nothing.")] = False,
    incremental: Annotated[
        bool, typer.Option("--incremental", help="Keep the files if nothing has changed at Trakt.")
    ] = False,
    from_archive: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Read Trakt's own export of your account (zip), offline."),
    ] = None,
    time_zone: Annotated[str, typer.Option(help="Your time zone, for an archive that does not name it.")] = "",
    restart: Annotated[bool, typer.Option("--restart", help="Delete an interrupted export and begin anew.")] = False,
    enqueue: Annotated[
        bool, typer.Option("--enqueue", help="Queue the films for CineStream's scraper (needs NATS).")
    ] = False,
    enrich: Annotated[
        bool, typer.Option("--enrich", help="Add directors from CineStream's stream (needs NATS).")
    ] = False,
    profile: Annotated[Path | None, typer.Option(help="Folder for a profile of time and memory.")] = None,
    every: Annotated[str, typer.Option(help="Run as a service: export now, then at this interval (6h).")] = "",
    cron: Annotated[str, typer.Option(help="Run as a service: export at these times (0 4 * * *).")] = "",
) -> None:
    """Write lists of your library as Letterboxd import files. An interrupted export continues."""
    schedule = schedule_of(every, cron)
    date_range = DateRange(since.date() if since else None, until.date() if until else None)
    _refuse_useless(date_range, time_zone=time_zone, archive=from_archive)
    filters = Filters(tuple(genre or ()), tuple(status or ()))

    def requests_of(settings: TraktSettings) -> list[Request]:
        row_mode, rows = mode.value if mode else settings.export.mode, _PREVIEW_ROWS if preview else 0
        kinds, level = KINDS if kind.value == "all" else [kind.value], settings.api.extended
        return [Request(name, out, row_mode, date_range, rows, enrich, filters, level, enqueue) for name in kinds]

    if from_archive:
        with reporting_errors():
            if schedule or filters or enqueue or enrich or incremental:
                raise TraktError(
                    Message(
                        "--from-archive cannot be combined with --genre, --status, --enqueue, --enrich, --every, "
                        "--cron or --incremental"
                    )
                )
            settings = user_settings()
            with profiled(profile, settings), Archive(from_archive) as archive:
                requests = requests_of(settings)
                anyio.run(partial(run_archived, archive, settings, time_zone, requests, report=report_to_terminal))
        return

    async def work(trakt: Trakt, settings: TraktSettings) -> None:
        owner, requests = await account(trakt), requests_of(settings)
        if restart:
            for request in requests:
                forget(UnfinishedOperation(checkpoint_path(settings, owner, request), {}))
        async with stream_lookup(requests, service=bool(schedule)) as stream:
            report = report_to_log if schedule else report_to_terminal
            # The files of an unchanged list stay, but its films are still to be queued.
            await Batch(trakt, settings, owner, stream).run(requests, report, incremental=incremental and not enqueue)

    if schedule:
        from cinestream_trakt_export.cli.scheduled import ScheduledExport  # a web server: slow to import

        with profiled(profile, settings := client_settings()):
            ScheduledExport(settings, schedule, work).run(load_common_settings(OpsSettings, translate=translate))
    else:
        with_trakt(work, profile=profile)


def _refuse_useless(date_range: DateRange, *, time_zone: str, archive: Path | None) -> None:
    """Exit with code 2 for options that would write an empty file, or would be ignored."""
    if date_range.empty:
        message = Message("no day is both after --since and before --until")
    elif time_zone and not archive:
        message = Message("--time-zone needs --from-archive: Trakt's API gives the time zone of your account")
    else:
        return
    typer.echo(translate(message), err=True)
    raise typer.Exit(2)


def verify(folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Folder of the files.")]) -> None:
    """Check import files against Letterboxd's rules, with code that the writer does not use."""
    rows, faults = verify_folder(folder)
    for fault in faults[:_MAX_FAULTS]:
        typer.echo(translate(fault), err=True)
    if faults:
        message = Message(
            "{faults} in {rows}",
            faults=Plural("{count:,} fault", "{count:,} faults", count=len(faults)),
            rows=Plural("{count:,} row", "{count:,} rows", count=rows),
        )
        typer.echo(translate(message), err=True)
        raise typer.Exit(1)
    typer.echo(translate(Plural("{count:,} row, no faults", "{count:,} rows, no faults", count=rows)))
