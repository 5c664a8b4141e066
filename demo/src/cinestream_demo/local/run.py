"""One local run, from the lock of its data directory to the end of its processes."""

import os
import signal
import sysconfig
from pathlib import Path

import anyio

from cinestream_demo.local.credentials import new_run, published
from cinestream_demo.local.display.show import show
from cinestream_demo.local.lock import locked
from cinestream_demo.local.plan import Installation, plan
from cinestream_demo.local.progress.progress import RunProgress
from cinestream_demo.local.settings import LocalSettings
from cinestream_demo.local.supervisor import Supervisor, check_ports

_NO_WRITERS = 0o022
"""The mode bits with which others could write a file."""


def run_until_stopped(settings: LocalSettings, seeds: str = "") -> None:
    """Run all processes until Ctrl-C, SIGTERM or the end of the terminal.

    Args:
        settings: settings of the run.
        seeds: targets to read, in the form of `CINESTREAM_SCRAPER_SEEDS`. By default that setting decides.

    Raises:
        CannotRun: the run does not start. It may be inside of an ExceptionGroup.
    """
    # Nobody else may write what commands and shells read here, whatever the user's umask allows.
    os.umask(os.umask(_NO_WRITERS) | _NO_WRITERS)
    with locked(settings.data_dir) as lock:
        new = new_run(settings)
        installation = Installation(Path(sysconfig.get_path("scripts")), new.passwords, lock)
        supervisor = Supervisor(plan(settings, installation, seeds=seeds), settings.data_dir / "logs")
        check_ports(supervisor.processes)  # before anything is shown
        with published(new, settings.data_dir):
            anyio.run(_supervise, supervisor, RunProgress(settings, new.passwords))


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
    ending = [signal.SIGINT, signal.SIGTERM]
    # nohup ignores SIGHUP, so that the run outlives its terminal.
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        ending.append(signal.SIGHUP)
    with anyio.open_signal_receiver(*ending) as signals:
        async for _ in signals:
            stop.set()
