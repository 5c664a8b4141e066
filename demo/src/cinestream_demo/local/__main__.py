"""`cinestream-run`: the whole way on this machine, in one command."""

import os
import secrets
import signal
import sysconfig
from pathlib import Path
from typing import Annotated

import anyio
import typer
from rich.console import Console
from rich.live import Live

from cinestream.runtime.settings import load_settings, print_settings
from cinestream_demo.local.child import CannotRun
from cinestream_demo.local.plan import USERS, Installation, plan
from cinestream_demo.local.progress import Progress
from cinestream_demo.local.settings import LocalSettings
from cinestream_demo.local.supervisor import Supervisor

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
_REFRESH = 0.5
_PLAIN_EVERY = 5.0


@app.command()
def run(
    check: Annotated[bool, typer.Option("--check", help="Print the effective settings and exit.")] = False,
) -> None:
    """Run NATS, the demo site (unless CINESTREAM_IMDB_URL names a site) and all services until Ctrl-C."""
    settings = load_settings(LocalSettings)
    if check:
        print_settings(settings)
        return
    try:
        _run(settings, Path.cwd())
    except* CannotRun as group:
        reason = _first(group)
    else:
        return
    typer.echo(f"cannot run: {reason}", err=True)
    raise typer.Exit(1)


def _run(settings: LocalSettings, root: Path) -> None:
    if not (root / "deploy" / "nats.conf").is_file():
        raise CannotRun(f"{root} is not the project's directory (there is no deploy/nats.conf): run it from there")
    passwords = _prepare(settings)
    installation = Installation(Path(sysconfig.get_path("scripts")), root, passwords)
    supervisor = Supervisor(plan(settings, installation), settings.data_dir / "logs")
    anyio.run(_main, supervisor, Progress(settings))


def _first(error: BaseException) -> BaseException:
    """The first exception inside of nested groups."""
    return _first(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error


def _prepare(settings: LocalSettings) -> dict[str, str]:
    """Make the data directory, and passwords for this run in files that only this user can read.

    Raises:
        CannotRun: the directory cannot be written.
    """
    # nats-server reads a variable's value as configuration: one that began with a digit or "-" would be no string.
    passwords = {user: f"p{secrets.token_hex(16)}" for user in USERS}
    try:
        for name in ("logs", "nats"):
            (settings.data_dir / name).mkdir(parents=True, exist_ok=True)
        _write_env(settings, "env", user="scraper", password=passwords["scraper"])
        _write_env(settings, "env-takedown", user="takedown", password=passwords["takedown"])
    except OSError as error:
        reason = f"the data directory {settings.data_dir} cannot be written ({error.strerror})"
        raise CannotRun(f"{reason}: set CINESTREAM_DATA_DIR to another one") from None
    return passwords


def _write_env(settings: LocalSettings, name: str, *, user: str, password: str) -> None:
    """Write what a shell needs for the commands of a user; only this user can read it."""
    lines = {
        "CINESTREAM_NATS_URL": settings.nats_url,
        "CINESTREAM_NATS_USER": user,
        "CINESTREAM_NATS_PASSWORD": password,
        "CINESTREAM_IMDB_URL": settings.site,
    }
    env = settings.data_dir / name
    env.unlink(missing_ok=True)
    with os.fdopen(os.open(env, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.writelines(f"export {name}='{value}'\n" for name, value in lines.items())


async def _main(supervisor: Supervisor, progress: Progress) -> None:
    stop = anyio.Event()
    async with anyio.create_task_group() as group:
        group.start_soon(_watch_signals, stop)
        group.start_soon(_show, supervisor, progress)
        try:
            await supervisor.run(stop)
        finally:
            group.cancel_scope.cancel()


async def _watch_signals(stop: anyio.Event) -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async for _ in signals:
            stop.set()


async def _show(supervisor: Supervisor, progress: Progress) -> None:
    console = Console()
    if console.is_terminal:
        with Live(console=console, refresh_per_second=8) as live:
            while True:
                live.update(progress.panel(supervisor.parts.values()))
                await anyio.sleep(_REFRESH)
                await anyio.to_thread.run_sync(progress.update)
    await _show_lines(supervisor, progress, console)


async def _show_lines(supervisor: Supervisor, progress: Progress, console: Console) -> None:
    """What happens, line by line, where there is no terminal; how each part ended comes last."""
    told: dict[str, tuple[str, int]] = {}
    next_line, first = 0.0, False
    try:
        while True:
            _tell_changes(supervisor, told, console)
            await anyio.sleep(_REFRESH)
            await anyio.to_thread.run_sync(progress.update)
            if progress.first_film is not None and not first:
                first = True
                text = f"first film after {progress.first_film:.1f} s: {progress.settings.stream_url}"
                console.print(text, highlight=False)
            if anyio.current_time() >= next_line:
                next_line = anyio.current_time() + _PLAIN_EVERY
                console.out(progress.line(), highlight=False)
    finally:
        _tell_changes(supervisor, told, console)


def _tell_changes(supervisor: Supervisor, told: dict[str, tuple[str, int]], console: Console) -> None:
    for part in supervisor.parts.values():
        if told.get(part.name) != (part.state, part.crashes):
            told[part.name] = (part.state, part.crashes)
            console.out(f"{part.name}: {part.state} {part.last_crash}".rstrip(), highlight=False)


def main() -> None:
    """Entry point of the command."""
    app()
