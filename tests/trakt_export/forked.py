"""`cinestream-trakt` in processes of its own, for tests that kill it many times.

A fork server imports the command once and forks each process from itself, so that a process starts at once. The
`subprocess` module would pay for the imports again each time, which is most of the time that a killed run takes.
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
"""Audit events before something is made lasting (https://docs.python.org/3/library/audit_events.html)."""

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["cinestream_trakt_export.__main__"])


class Forked:
    """A started process. It kills itself just before its step number `kill_at`, if that is not None.

    A step is a file that is opened for writing, or one of the audit events that make something lasting.
    """

    def __init__(
        self, arguments: Sequence[str], environment: Mapping[str, str], log: Path, *, kill_at: int | None = None
    ) -> None:
        self._log = log
        self._process = _context.Process(target=_run, args=([*arguments], {**environment}, str(log), kill_at))
        self._process.start()

    def kill(self) -> None:
        """Kill it with SIGKILL and wait for its end; another thread may be in `wait`."""
        self._process.kill()
        # Not `join`: only one thread may read the exit code.
        connection.wait([self._process.sentinel])

    def wait(self) -> int:
        """Wait for its end, and return the exit code; a negative one is the number of a signal."""
        self._process.join(110)
        assert self._process.exitcode is not None, "it does not end"
        return self._process.exitcode

    @property
    def errors(self) -> str:
        """The text that it wrote to standard error."""
        return self._log.read_text()


def _run(arguments: list[str], environment: dict[str, str], log: str, kill_at: int | None) -> None:
    """Be the command, in the forked process."""
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
