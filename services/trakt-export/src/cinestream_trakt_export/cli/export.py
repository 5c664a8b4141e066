"""The commands `export` and `verify`."""

from datetime import datetime
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Annotated

import anyio
import typer

from cinestream.runtime.settings import load_settings as load_common_settings
from cinestream_flow.message import Message, Plural
from cinestream_flow.operations import UnfinishedOperation, forget
from cinestream_trakt_export.cli.batch import export_archived, export_lists, tell, tell_log
from cinestream_trakt_export.cli.language import translate
from cinestream_trakt_export.cli.session import (
    our_stream,
    plainly,
    profiled,
    ready_settings,
    schedule_of,
    spoken_settings,
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

_PREVIEWED = 10  # rows
Kind = Enum("Kind", {name: name for name in (*KINDS, "all")}, type=str)  # type: ignore[misc]
Mode = Enum("Mode", {name: name for name in MODES}, type=str)  # type: ignore[misc]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(export)
    app.command()(verify)


def export(
    kind: Annotated[Kind, typer.Argument(help="What to export.")],
    out: Annotated[Path, typer.Option(help="Folder for the files; made when it is not there.")],
    mode: Annotated[
        Mode | None, typer.Option(help="A row per film, or one per viewing; by default only the history has viewings.")
    ] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Leave out what happened before this day.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Leave out what happened after this day.")
    ] = None,
    genre: Annotated[
        list[str] | None, typer.Option(help="Only films and series of this genre; may be repeated.")
    ] = None,
    status: Annotated[
        list[str] | None, typer.Option(help="Only films and series with this status; may be repeated.")
    ] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Show the first rows, and write nothing.")] = False,
    incremental: Annotated[
        bool, typer.Option("--incremental", help="Leave the files alone when nothing has changed at Trakt.")
    ] = False,
    from_archive: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Read Trakt's own export (zip), without network.")
    ] = None,
    time_zone: Annotated[str, typer.Option(help="Yours, for an archive that does not tell it.")] = "",
    restart: Annotated[bool, typer.Option("--restart", help="Forget what was interrupted, and begin anew.")] = False,
    enqueue: Annotated[bool, typer.Option("--enqueue", help="Let our scraper read the films (needs NATS).")] = False,
    enrich: Annotated[bool, typer.Option("--enrich", help="Add directors from our stream (needs NATS).")] = False,
    profile: Annotated[Path | None, typer.Option(help="Folder for a profile of the time and of the heap.")] = None,
    every: Annotated[str, typer.Option(help="Run as a service: now, and again so often (6h).")] = "",
    cron: Annotated[str, typer.Option(help="Run as a service: at these times (0 4 * * *).")] = "",
) -> None:
    """Write lists of your library as Letterboxd import files; what was interrupted goes on where it was."""
    schedule = schedule_of(every, cron)
    date_range = DateRange(since.date() if since else None, until.date() if until else None)
    if date_range.empty or (time_zone and not from_archive):
        no_day = Message("no day is both after --since and before --until")
        no_archive = Message("--time-zone is for --from-archive: Trakt tells your account's own")
        typer.echo(translate(no_day if date_range.empty else no_archive), err=True)
        raise typer.Exit(2)
    report = tell_log if schedule else tell

    def wanted(settings: TraktSettings) -> list[Request]:
        how = mode.value if mode else settings.export.mode
        names = KINDS if kind.value == "all" else [kind.value]
        first, films = _PREVIEWED if preview else 0, Filters(tuple(genre or ()), tuple(status or ()))
        level = settings.api.extended
        return [Request(name, out, how, date_range, first, enrich, films, level, enqueue) for name in names]

    async def work(trakt: Trakt, settings: TraktSettings) -> None:
        owner, requests = await account(trakt), wanted(settings)
        if restart:
            for request in requests:
                forget(UnfinishedOperation(checkpoint_path(settings, owner, request), {}))
        async with our_stream(requests, service=bool(schedule)) as known:
            anew = enqueue or not incremental
            await export_lists(trakt, settings, owner, requests, known, report=report, incremental=not anew)

    if from_archive:
        with plainly():
            settings = spoken_settings()
            if schedule or genre or status or enqueue or enrich or incremental:
                raise TraktError(
                    Message(
                        "--from-archive knows nothing of --genre, --status, --enqueue, --enrich, --every, --cron and "
                        "--incremental"
                    )
                )
            with profiled(profile, settings), Archive(from_archive) as archive:
                anyio.run(partial(export_archived, archive, settings, time_zone, wanted(settings), report=tell))
    elif schedule:
        from cinestream_trakt_export.cli.scheduled import ScheduledExport  # a web server: not for every command

        with profiled(profile, settings := ready_settings()):
            ScheduledExport(settings, schedule, work).run(load_common_settings(OpsSettings, translate=translate))
    else:
        with_trakt(work, profile=profile)


def verify(folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="A folder of exports.")]) -> None:
    """Check import files against Letterboxd's rules, with code that shares nothing with the writer."""
    rows, faults = verify_folder(folder)
    for fault in faults[:100]:
        typer.echo(translate(fault), err=True)
    if faults:
        message = Plural(
            "{count:,} fault in {rows:,} rows", "{count:,} faults in {rows:,} rows", count=len(faults), rows=rows
        )
        typer.echo(translate(message), err=True)
        raise typer.Exit(1)
    typer.echo(translate(Plural("{count:,} row, no faults", "{count:,} rows, no faults", count=rows)))
