"""The command `cinestream-run`."""

import signal
import sysconfig
from pathlib import Path
from typing import Annotated

import anyio
import typer

from cinestream.runtime.settings import load_settings, print_settings
from cinestream_demo.local.child import CannotRun
from cinestream_demo.local.credentials import prepare_data_dir
from cinestream_demo.local.display import show
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
        _run(settings, Path.cwd())
    except* CannotRun as group:
        reason = _first(group)
    else:
        return
    typer.echo(f"cannot run: {reason}", err=True)
    raise typer.Exit(1)


def _run(settings: LocalSettings, root: Path) -> None:
    if not (root / "deploy" / "nats.conf").is_file():
        raise CannotRun(f"{root} has no deploy/nats.conf: run the command in the project's directory")
    passwords = prepare_data_dir(settings)
    installation = Installation(Path(sysconfig.get_path("scripts")), root, passwords)
    supervisor = Supervisor(plan(settings, installation), settings.data_dir / "logs")
    anyio.run(_supervise, supervisor, RunProgress(settings))


def _first(error: BaseException) -> BaseException:
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
