"""The options of the commands `export` and `verify`."""

from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from cinestream_trakt_export.cli.export_options import ExportOptions
from cinestream_trakt_export.options import KINDS, MODES

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
    from cinestream_trakt_export.cli.export import export_lists

    kinds = KINDS if kind.value == "all" else (kind.value,)
    options = ExportOptions(
        kinds,
        out,
        mode.value if mode else "",
        since.date() if since else None,
        until.date() if until else None,
        genre=genre or (),
        status=status or (),
        preview=preview,
        incremental=incremental,
        from_archive=from_archive,
        time_zone=time_zone,
        restart=restart,
        enqueue=enqueue,
        enrich=enrich,
        profile=profile,
    )
    export_lists(options, every, cron)


def verify(folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Folder of the files.")]) -> None:
    """Check import files against Letterboxd's rules, with code that the writer does not use."""
    from cinestream_trakt_export.cli.export import verify_files

    verify_files(folder)
