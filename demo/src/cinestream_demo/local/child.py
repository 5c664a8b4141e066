"""One process of the local run, with its output in a log file of bounded size."""

import asyncio
import contextlib
import ctypes
import http.client
import logging
import os
import signal
from collections import deque
from functools import partial
from logging.handlers import RotatingFileHandler
from pathlib import Path
from urllib.parse import urlsplit

import anyio

from cinestream.commands.exit_codes import ExitCode
from cinestream_demo.local.failures import CannotRun
from cinestream_demo.local.plan import Process
from cinestream_flow.message import Message
from cinestream_flow.printable import printable

_LOG_BYTES = 10_000_000
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class Child:
    """A process and its log. `tail` holds the last lines of output, for the report of a crash."""

    def __init__(self, process: Process, logs: Path) -> None:
        self.process = process
        self.tail: deque[str] = deque(maxlen=8)
        self._log = _log_file(logs / f"{process.name}.log")
        self._running: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the process in a session of its own, so that Ctrl-C in the terminal reaches only the supervisor."""
        self._running = await asyncio.create_subprocess_exec(
            *self.process.command,
            env={**self.process.defaults, **os.environ, **self.process.environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            pass_fds=self.process.inherited,
            start_new_session=True,
            preexec_fn=partial(end_with_parent, os.getpid()),
        )
        self._reader = asyncio.create_task(self._read(self._running))

    async def wait(self) -> int:
        """Wait for the end of the process, and return its exit code."""
        assert self._running is not None
        code = await self._running.wait()
        if self._reader:
            # A process that the child left behind may hold the pipe open.
            await asyncio.wait([self._reader], timeout=0.5)
        return code

    async def wait_ready(self) -> None:
        """Wait until the process is ready, or until a one-shot command has succeeded.

        Raises:
            CannotRun: the process ended before it was ready, or the command failed.
        """
        if self.process.one_shot:
            if code := await self.wait():
                raise self._failure(code)
            return
        assert self._running is not None
        while self._running.returncode is None:
            if await anyio.to_thread.run_sync(_is_ready, self.process.ready):
                return
            await anyio.sleep(0.05)
        raise self._failure(await self.wait())

    async def end(self, *, grace: float) -> None:
        """Send SIGTERM, wait up to `grace` seconds, then kill what is left of its process group."""
        if self._running is None:
            return
        if self._running.returncode is None:
            self._running.terminate()
            with anyio.move_on_after(grace):
                await self._running.wait()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._running.pid, signal.SIGKILL)
        await self.wait()
        self._log.close()

    def _failure(self, code: int) -> CannotRun:
        """Return the error of a process that ended. A wrong setting and a missing program keep their exit code."""
        output = "\n  ".join(self.tail) or "(no output)"
        reason = Message("{process} ended with {code}: {output}", process=self.process.name, code=code, output=output)
        kept = code in (ExitCode.USAGE, ExitCode.MISSING_DEPENDENCY)
        return CannotRun(reason, ExitCode(code) if kept else ExitCode.FAILED)

    async def _read(self, running: asyncio.subprocess.Process) -> None:
        assert running.stdout is not None
        while line := await _line(running.stdout):
            self.tail.append(printable(line.rstrip(), keep="\t"))
            self._log.emit(logging.makeLogRecord({"msg": line.rstrip()}))


async def _line(stream: asyncio.StreamReader) -> str:
    try:
        return (await stream.readline()).decode("utf-8", "replace")
    except ValueError:
        # The line exceeds the reader's limit. The reader has dropped it and continues with the next one.
        return "(a very long line)\n"


def _log_file(path: Path) -> RotatingFileHandler:
    return RotatingFileHandler(path, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8", delay=True)


def end_with_parent(parent: int) -> None:
    """Let the kernel end this process when its parent exits, so nothing is left behind even after SIGKILL.

    Args:
        parent: process id of the parent, which may have exited already.
    """
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)


def _is_ready(url: str) -> bool:
    """Return True if a `tcp:` address accepts a connection, or another URL returns 200."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=1)
    try:
        if parts.scheme == "tcp":
            connection.connect()
            return True
        connection.request("GET", parts.path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
