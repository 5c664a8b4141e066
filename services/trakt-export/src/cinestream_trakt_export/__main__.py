"""`cinestream-trakt`: log in, export, verify."""

import sys
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Annotated

import structlog
import typer

from cinestream.runtime.logs import configure_logs
from cinestream.runtime.settings import CommonSettings
from cinestream.runtime.settings import load_settings as load_common_settings
from cinestream_trakt_export.client import Trakt
from cinestream_trakt_export.commands import register
from cinestream_trakt_export.export import Request, Summary, account
from cinestream_trakt_export.export import export as run_export
from cinestream_trakt_export.messages import say, speak
from cinestream_trakt_export.plans import KINDS, MODES
from cinestream_trakt_export.running import our_stream, ready_settings, schedule_of, with_trakt
from cinestream_trakt_export.settings import OpsSettings, TraktSettings, load_settings
from cinestream_trakt_export.verify import verify_folder

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
Kind = Enum("Kind", {name: name for name in (*KINDS, "all")}, type=str)  # type: ignore[misc]
Mode = Enum("Mode", {name: name for name in MODES}, type=str)  # type: ignore[misc]


@app.callback()
def _about() -> None:
    """Export a Trakt.tv library as files that Letterboxd imports."""
    common = load_common_settings(CommonSettings)
    configure_logs(common.log_format, common.log_level, service="trakt-export")
    speak()


@app.command()
def settings() -> None:
    """Print the effective settings as JSON, secrets masked."""
    typer.echo(load_settings().model_dump_json(indent=2))


@app.command()
def login() -> None:
    """Log in: shows a code to type in at Trakt, and waits for it."""

    async def work(trakt: Trakt, _: TraktSettings) -> None:
        code = await trakt.oauth.begin()
        typer.echo(say("login.open", url=code.verification_url, code=code.user_code))
        await trakt.oauth.finish(code)
        typer.echo(say("login.done", slug=(await account(trakt)).slug))

    with_trakt(work)


@app.command()
def logout() -> None:
    """Revoke the login at Trakt, and forget it."""

    async def work(trakt: Trakt, _: TraktSettings) -> None:
        typer.echo(say("logout.done" if await trakt.oauth.logout() else "logout.nobody"))
        if trakt.cache:
            trakt.cache.cache.store.clear()

    with_trakt(work)


@app.command()
def whoami() -> None:
    """Say who is logged in, and the account's time zone."""

    async def work(trakt: Trakt, _: TraktSettings) -> None:
        owner = await account(trakt)
        typer.echo(f"{owner.slug} ({owner.zone.key})")

    with_trakt(work)


@app.command()
def export(
    kind: Annotated[Kind, typer.Argument(help="What to export.")],
    out: Annotated[Path, typer.Option(help="Folder for the files; made when it is not there.")],
    mode: Annotated[
        Mode | None, typer.Option(help="A row per film, or one per viewing; by default only the history has viewings.")
    ] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Leave out what happened before this day.")
    ] = None,
    enqueue: Annotated[bool, typer.Option("--enqueue", help="Let our scraper read the films (needs NATS).")] = False,
    enrich: Annotated[bool, typer.Option("--enrich", help="Add directors from our stream (needs NATS).")] = False,
    profile: Annotated[Path | None, typer.Option(help="Folder for a profile of the time and of the heap.")] = None,
    every: Annotated[str, typer.Option(help="Run as a service: now, and again so often (6h).")] = "",
    cron: Annotated[str, typer.Option(help="Run as a service: at these times (0 4 * * *).")] = "",
) -> None:
    """Write lists of your library as Letterboxd import files; what was interrupted goes on where it was."""
    schedule = schedule_of(every, cron)
    report = _log if schedule else _tell

    async def work(trakt: Trakt, settings: TraktSettings) -> None:
        day, chosen = since.date() if since else None, mode.value if mode else settings.export.mode
        async with our_stream(enqueue=enqueue, enrich=enrich) as known:
            for name in KINDS if kind.value == "all" else [kind.value]:
                request = Request(name, out, chosen, day)
                summary = await run_export(trakt, settings, request, progress=_show, known=known)
                report(request, summary)

    if schedule:
        from cinestream_trakt_export.service import ScheduledExport  # a web server: not for every command

        ScheduledExport(ready_settings(), schedule, work).run(load_common_settings(OpsSettings))
    else:
        with_trakt(work, profile=profile)


@app.command()
def verify(folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="A folder of exports.")]) -> None:
    """Check import files against Letterboxd's rules, with code that shares nothing with the writer."""
    rows, faults = verify_folder(folder)
    for fault in faults[:100]:
        typer.echo(fault, err=True)
    if faults:
        typer.echo(say("verify.faults", faults=len(faults), rows=rows), err=True)
        raise typer.Exit(1)
    typer.echo(say("verify.fine", rows=rows))


def _tell(request: Request, summary: Summary) -> None:
    files, requests = len(summary.files), summary.requests
    typer.echo(say("export.done", list=request.kind, rows=summary.rows, files=files, requests=requests))
    if summary.skipped:
        path = request.out / "skipped.csv"
        typer.echo(say("export.skipped", list=request.kind, skipped=summary.skipped, path=path))


def _log(request: Request, summary: Summary) -> None:
    facts = {"rows": summary.rows, "skipped": summary.skipped, "requests": summary.requests}
    structlog.get_logger("trakt").info("export.written", list=request.kind, files=len(summary.files), **facts)


def _show(path: str, there: int, pages: int) -> None:
    """Progress, on a terminal only."""
    if sys.stderr.isatty():
        typer.echo("\r" + say("export.page", path=path, page=there, pages=pages), err=True, nl=there == pages)


register(app)


def main() -> None:
    """Entry point of the command."""
    app()


if __name__ == "__main__":
    main()
