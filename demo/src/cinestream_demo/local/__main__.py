"""The command `cinestream-run`."""

import signal
import sysconfig
from pathlib import Path
from typing import Annotated

import anyio
import typer

from cinestream.runtime.settings import load_settings, print_settings
from cinestream_demo.local.credentials import new_run, published
from cinestream_demo.local.display import show
from cinestream_demo.local.failures import AlreadyRunning, CannotRun
from cinestream_demo.local.lock import locked
from cinestream_demo.local.plan import Installation, plan
from cinestream_demo.local.progress import RunProgress
from cinestream_demo.local.settings import LocalSettings
from cinestream_demo.local.supervisor import Supervisor

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


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
        _run(settings)
    except* CannotRun as group:
        error = _first(group)
    else:
        return
    typer.echo(error if isinstance(error, AlreadyRunning) else f"cannot run: {error}", err=True)
    raise typer.Exit(error.exit_code)


def _run(settings: LocalSettings) -> None:
    with locked(settings.data_dir) as lock:
        new = new_run(settings)
        installation = Installation(Path(sysconfig.get_path("scripts")), new.passwords, lock)
        supervisor = Supervisor(plan(settings, installation), settings.data_dir / "logs")
        with published(new, settings.data_dir):
            anyio.run(_supervise, supervisor, RunProgress(settings))


def _first(error: CannotRun | BaseExceptionGroup[CannotRun]) -> CannotRun:
    """Return the first exception inside nested groups."""
    return _first(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error


async def _supervise(supervisor: Supervisor, progress: RunProgress) -> None:
    stop = anyio.Event()
    async with anyio.create_task_group() as group:
        group.start_soon(_watch_signals, stop)
        group.start_soon(show, supervisor, progress)
        try:
            await supervisor.run(stop)
        finally:
            group.cancel_scope.cancel()


async def _watch_signals(stop: anyio.Event) -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async for _ in signals:
            stop.set()


def main() -> None:
    """Run the command line."""
    app()
