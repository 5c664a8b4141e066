"""`cinestream-trakt` in processes of its own, for tests that kill it many times.

A fork server imports the command once, and forks each process from itself. With the `subprocess` module each process
would repeat the imports, which take most of the time of a killed run.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from multiprocessing import connection
from pathlib import Path

from cinestream_trakt_export.__main__ import main

_LASTING = frozenset({"os.rename", "os.remove", "os.rmdir", "os.mkdir", "socket.connect", "sqlite3.connect"})
"""Audit events before a change that lasts (https://docs.python.org/3/library/audit_events.html)."""

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(
    [f"cinestream_trakt_export.cli.{module}" for module in ("app", "account", "diagnostics", "export", "resume")]
)


class Forked:
    """A started process of the command.

    With `kill_at` it kills itself just before its step of that number. A step opens a file for writing, or is one of
    the audit events before a change that lasts.
    """

    def __init__(
        self, arguments: Sequence[str], environment: Mapping[str, str], log: Path, *, kill_at: int | None = None
    ) -> None:
        self._log = log
        self._process = _context.Process(target=_run, args=([*arguments], {**environment}, str(log), kill_at))
        self._process.start()

    def kill(self) -> None:
        """Kill the process with SIGKILL and wait for its end, also while another thread is in `wait`."""
        self._process.kill()
        # `join` would read the exit code, which only one thread can do.
        connection.wait([self._process.sentinel])

    def wait(self) -> int:
        """Wait for the end of the process and return its exit code, for a signal its negative number."""
        self._process.join(110)
        assert self._process.exitcode is not None, "the process does not end"
        return self._process.exitcode

    @property
    def errors(self) -> str:
        """The text of its standard output and standard error."""
        return self._log.read_text()


def _run(arguments: list[str], environment: dict[str, str], log: str, kill_at: int | None) -> None:
    """Run the command in the forked process."""
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["cinestream-trakt", *arguments]
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for descriptor in (1, 2):
        os.dup2(output, descriptor)
    if kill_at is not None:
        sys.addaudithook(_Killer(kill_at))
    main()


class _Killer:
    """An audit hook that kills its process before a step."""

    def __init__(self, kill_at: int) -> None:
        self._left = kill_at

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        written = event == "open" and isinstance(arguments[1], str) and "w" in arguments[1]
        if written or event in _LASTING:
            self._left -= 1
            if self._left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
