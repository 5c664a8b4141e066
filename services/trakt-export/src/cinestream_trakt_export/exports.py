"""The commands that export: `export`, what was interrupted (`operations`, `resume`), and `verify`."""

import time
from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import structlog
import typer

from cinestream.resilience.operations import Operation, forget, operations
from cinestream.runtime.settings import load_settings as load_common_settings
from cinestream_trakt_export.account import Account, account, zone_of
from cinestream_trakt_export.answers import TraktError
from cinestream_trakt_export.archive import Archive
from cinestream_trakt_export.client import Trakt
from cinestream_trakt_export.endpoints import LAST_ACTIVITIES
from cinestream_trakt_export.export import checkpoint_of, export_archive
from cinestream_trakt_export.export import export as run_export
from cinestream_trakt_export.incremental import Before, activities_of
from cinestream_trakt_export.messages import say, told
from cinestream_trakt_export.plans import KINDS, MODES
from cinestream_trakt_export.request import Request
from cinestream_trakt_export.running import (
    our_stream,
    plainly,
    profiled,
    ready_settings,
    schedule_of,
    spoken_settings,
    with_trakt,
)
from cinestream_trakt_export.screen import Bars, Outcome, print_operations, print_preview, print_summary
from cinestream_trakt_export.settings import OpsSettings, TraktSettings
from cinestream_trakt_export.shows import export_shows, export_shows_archive
from cinestream_trakt_export.verify import verify_folder
from cinestream_trakt_export.wanted import Wanted
from cinestream_trakt_export.window import Window

if TYPE_CHECKING:
    from cinestream_trakt_export.films_known import FilmsKnown

log = structlog.get_logger("trakt")
_PREVIEWED = 10  # rows
Kind = Enum("Kind", {name: name for name in (*KINDS, "all")}, type=str)  # type: ignore[misc]
Mode = Enum("Mode", {name: name for name in MODES}, type=str)  # type: ignore[misc]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(export)
    app.command()(resume)
    app.command(name="operations")(list_operations)
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
    window = Window(since.date() if since else None, until.date() if until else None)
    if window.empty or (time_zone and not from_archive):
        typer.echo(say("export.days" if window.empty else "archive.only"), err=True)
        raise typer.Exit(2)
    report = _log if schedule else _tell

    def wanted(settings: TraktSettings) -> list[Request]:
        how = mode.value if mode else settings.export.mode
        names = KINDS if kind.value == "all" else [kind.value]
        first, films = _PREVIEWED if preview else 0, Wanted(tuple(genre or ()), tuple(status or ()))
        level = settings.api.extended
        return [Request(name, out, how, window, first, enrich, films, level, enqueue) for name in names]

    async def work(trakt: Trakt, settings: TraktSettings) -> None:
        owner, requests = await account(trakt), wanted(settings)
        if restart:
            for request in requests:
                forget(Operation(checkpoint_of(settings, owner, request), {}))
        async with our_stream(requests, service=bool(schedule)) as known:
            report(await _run(trakt, settings, owner, requests, known, incremental=incremental and not enqueue))

    if from_archive:
        with plainly():
            settings = spoken_settings()
            if schedule or genre or status or enqueue or enrich or incremental:
                raise TraktError(say("archive.alone"))
            with profiled(profile, settings):
                _tell(_run_archive(from_archive, settings, time_zone, wanted(settings)))
    elif schedule:
        from cinestream_trakt_export.service import ScheduledExport  # a web server: not for every command

        with profiled(profile, settings := ready_settings()):
            ScheduledExport(settings, schedule, work).run(load_common_settings(OpsSettings, told=told))
    else:
        with_trakt(work, profile=profile)


async def _run(
    trakt: Trakt,
    settings: TraktSettings,
    owner: Account,
    requests: Sequence[Request],
    known: "FilmsKnown | None",
    *,
    incremental: bool = False,
) -> list[Outcome]:
    outcomes = []
    activities = (await trakt.get(LAST_ACTIVITIES)).content if incremental else None
    with Bars() as bars:
        for request in requests:
            begun, seen = time.monotonic(), activities_of(request.kind, activities)
            path = checkpoint_of(settings, owner, request).with_suffix(".done")
            before = Before(path, request.identity(owner.slug, settings.api.url))
            again = incremental and not (request.preview or request.enrich)
            summary = before.unchanged(request, seen) if again else None
            if summary is None:
                exporter = export_shows if request.kind == "shows" else run_export
                summary = await exporter(trakt, settings, owner, request, progress=bars.show, known=known)
                if again:
                    before.remember(summary, seen)
            outcomes.append(Outcome(request, summary, time.monotonic() - begun))
    return outcomes


def _run_archive(path: Path, settings: TraktSettings, zone: str, requests: Sequence[Request]) -> list[Outcome]:
    outcomes = []
    with Archive(path) as archive:
        if not (zone := zone or archive.zone):
            raise TraktError(say("archive.zone"))
        for request in requests:
            begun = time.monotonic()
            exporter = export_shows_archive if request.kind == "shows" else export_archive
            summary = exporter(archive, settings, zone_of(zone), request)
            outcomes.append(Outcome(request, summary, time.monotonic() - begun))
    return outcomes


def _tell(outcomes: Sequence[Outcome]) -> None:
    for outcome in outcomes:
        if outcome.request.preview:
            print_preview(outcome)
    print_summary(outcomes)
    if skipping := [outcome for outcome in outcomes if outcome.summary.skipped]:
        typer.echo(say("export.why", path=skipping[0].request.out / "skipped.csv"))


def _log(outcomes: Sequence[Outcome]) -> None:
    for outcome in outcomes:
        summary = outcome.summary
        facts = {"rows": summary.rows, "skipped": summary.skipped, "requests": summary.requests}
        log.info("export.written", list=outcome.request.kind, files=len(summary.files), **facts)


def resume() -> None:
    """Finish the exports that were interrupted, as they were begun."""

    async def work(trakt: Trakt, settings: TraktSettings) -> None:
        owner = await account(trakt)
        found = [operation for operation in operations(settings.checkpoints.dir) if not operation.running]
        problems = [_problem(operation, owner, settings) for operation in found]
        requests = [Request.of(one.identity) for one, problem in zip(found, problems, strict=True) if not problem]
        for problem in filter(None, problems):
            typer.echo(problem, err=True)
        if requests:
            async with our_stream(requests) as known:
                _tell(await _run(trakt, settings, owner, requests, known))
        if any(problems):
            raise typer.Exit(1)
        if not requests:
            typer.echo(say("operations.none"))

    with_trakt(work)


def _problem(operation: Operation, owner: Account, settings: TraktSettings) -> str:
    """Why this account cannot finish an operation; empty when it can."""
    if operation.problem:
        return told(operation.problem)
    for name, ours in (("account", owner.slug), ("api", settings.api.url)):
        if (whose := operation.identity[name]) != ours:
            return say("operations.other", name=operation.path.stem, account=whose, slug=ours)
    return ""


def list_operations(
    forgotten: Annotated[str, typer.Option("--forget", help="Remove the one with this name instead.")] = "",
) -> None:
    """List the exports that were interrupted, and how far they are."""
    found = [*operations(spoken_settings().checkpoints.dir)]
    if forgotten:
        named = [operation for operation in found if operation.path.stem == forgotten and not operation.running]
        if not named:
            typer.echo(say("operations.unknown", name=forgotten), err=True)
            raise typer.Exit(1)
        forget(named[0])
        typer.echo(say("operations.forgotten", name=forgotten))
    elif found:
        print_operations(found)
    else:
        typer.echo(say("operations.none"))


def verify(folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="A folder of exports.")]) -> None:
    """Check import files against Letterboxd's rules, with code that shares nothing with the writer."""
    rows, faults = verify_folder(folder)
    for fault in faults[:100]:
        typer.echo(told(fault), err=True)
    if faults:
        typer.echo(say("verify.faults", faults=len(faults), rows=rows), err=True)
        raise typer.Exit(1)
    typer.echo(say("verify.fine", rows=rows))
