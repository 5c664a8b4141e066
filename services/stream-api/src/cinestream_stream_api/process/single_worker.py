"""The parent of a single worker: it keeps the sockets open, and replaces the worker when it dies.

The parent does nothing else, so it has little that can fail. Connections that arrive while no worker runs wait in the
backlogs of the sockets, and the next worker serves them. A worker is a fork of the parent: it shares the memory of the
imported modules, and starts without importing them again.
"""

import gc
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

from cinestream_flow.logger import get_logger

_MIN_PAUSE, _MAX_PAUSE = 0.2, 10.0
_SETTLED_AFTER = 10.0
"""Seconds after which a worker counts as started well, so that its successor starts without a longer pause."""
_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_ENDED = {0, -signal.SIGTERM, -signal.SIGINT}
"""Exit codes of a worker that ended as it was asked to."""

log = get_logger("workers")


class SingleWorker:
    """One worker process after the other, each a fork of this process.

    Args:
        work: runs in the worker, until SIGTERM or SIGINT.
    """

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._pid: int | None = None
        self._ending = False
        self._pause = 0.0

    def run(self) -> None:
        """Replace the worker whenever it dies, until SIGTERM or SIGINT, which are passed on to it.

        Call it while this process has only one thread, because a fork has no other threads.

        Raises:
            SystemExit: the worker failed while it ended (code 1).
        """
        # A garbage collection in the worker would write to all objects, and so copy the pages that it shares.
        gc.freeze()
        alive, parents_end = os.pipe()
        code = 0
        while self._fork():
            if self._pid == 0:
                os.close(parents_end)
                self._be_worker(alive)
                return
            code = self._wait()
        if code not in _ENDED:
            raise SystemExit(1)

    def _fork(self) -> bool:
        """Start a worker, unless a signal has come. Return True in both processes if there is one."""
        # A signal now would reach only the parent, and the new worker would never end.
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        if not self._ending:
            self._pid = os.fork()
            for number in _SIGNALS:
                signal.signal(number, self._pass_on if self._pid else signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        return not self._ending

    def _pass_on(self, number: int, _: FrameType | None) -> None:
        self._ending = True
        if self._pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self._pid, number)

    def _be_worker(self, alive: int) -> None:
        # In a process group of its own the worker does not get Ctrl-C twice, from the terminal and from the parent.
        os.setpgid(0, 0)
        threading.Thread(target=end_with_parent, args=(alive,), daemon=True).start()
        time.sleep(self._pause)
        self._work()

    def _wait(self) -> int:
        """Wait for the end of the worker, and return its exit code."""
        assert self._pid is not None
        started = time.monotonic()
        _, status = os.waitpid(self._pid, 0)
        pid, self._pid = self._pid, None
        code = os.waitstatus_to_exitcode(status)
        if not self._ending:
            log.warning("worker.died", pid=pid, code=code, action="start another one")
            settled = time.monotonic() - started > _SETTLED_AFTER
            self._pause = 0.0 if settled else min(max(2 * self._pause, _MIN_PAUSE), _MAX_PAUSE)
        return code


def end_with_parent(alive: int) -> None:
    """Wait until the parent has ended, even by SIGKILL, then end this process at once.

    A new parent needs the port, so this process does not wait for its clients.

    Args:
        alive: file descriptor of a pipe that only the parent can write to. The parent never writes.
    """
    os.read(alive, 1)
    os._exit(1)
