"""The lock of a data directory, so that one run at a time writes into it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cinestream.commands.exit_codes import ExitCode
from cinestream.runtime.local_run import find_run
from cinestream_demo.local.failures import CannotRun, unwritable
from cinestream_flow.message import Message

LOCK_FILE = "lock"
NATS_SERVER = "nats-server"


@contextmanager
def locked(directory: Path) -> Iterator[int]:
    """Create a data directory if it is missing, and hold its lock during the block.

    A process that inherits the yielded file descriptor holds the lock too, for as long as it lives (flock(2)).

    Raises:
        CannotRun: another process holds the lock, and nothing was changed. Or the directory cannot be written.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = os.open(directory / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise unwritable(directory, error) from None
    try:
        _lock(directory, lock)
        yield lock
    finally:
        os.close(lock)


def _lock(directory: Path, lock: int) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CannotRun(_explain(directory, lock), ExitCode.ALREADY_RUNNING) from None
    except OSError as error:
        raise unwritable(directory, error) from None


def _explain(directory: Path, lock: int) -> Message:
    """Return the message about the processes that hold the lock."""
    run = find_run(directory)
    holders = {run.pid: ""} if run else _holders(lock)
    pid, program = next(iter(holders.items()), (None, ""))
    if program == NATS_SERVER:
        return Message(
            "the NATS server of a run that was killed still writes to {directory} (pid {pid}): try again when it has "
            "ended, or end it with `kill {pid}`",
            directory=directory,
            pid=pid,
        )
    return Message(
        "already running (pid {pid}) with its data in {directory}; `{command}` shows it",
        directory=directory,
        pid=pid or "?",
        command="make status" if Path("Makefile").is_file() else "cinestream status",
    )


def _holders(lock: int) -> dict[int, str]:
    """Return the programs of all other processes that opened the lock file, by process id."""
    file, holders = os.fstat(lock), {}
    for process in Path("/proc").glob("[0-9]*"):
        # A process may end meanwhile, and those of other users cannot be read.
        with suppress(OSError):
            if process.name != str(os.getpid()) and any(_is(file, open_file) for open_file in process.glob("fd/*")):
                holders[int(process.name)] = (process / "comm").read_text().strip()
    return holders


def _is(file: os.stat_result, path: Path) -> bool:
    with suppress(OSError):
        return os.path.samestat(file, path.stat())
    return False
