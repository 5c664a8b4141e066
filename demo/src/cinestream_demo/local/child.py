"""One process of the local run: started, waited for until ready, ended; its output in a bounded log file."""

import asyncio
import contextlib
import ctypes
import http.client
import logging
import os
import signal
from collections import deque
from logging.handlers import RotatingFileHandler
from pathlib import Path
from urllib.parse import urlsplit

import anyio

from cinestream_demo.local.plan import Process

_LOG_BYTES = 10_000_000
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class CannotRun(Exception):
    """The local run cannot start; the text says what to change, or holds the last lines of what ended."""


class Child:
    """A running process. `tail` holds its last lines of output, for the report of a crash."""

    def __init__(self, process: Process, logs: Path) -> None:
        self.process = process
        self.tail: deque[str] = deque(maxlen=8)
        self._log = _log_file(logs / f"{process.name}.log")
        self._running: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start it, in a process group of its own: a Ctrl-C in the terminal is ours to hand on."""
        self._running = await asyncio.create_subprocess_exec(
            *self.process.command,
            env={**self.process.defaults, **os.environ, **self.process.environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )
        self._reader = asyncio.create_task(self._read(self._running))

    async def wait(self) -> int:
        """Wait until it ends; its exit code."""
        assert self._running is not None
        code = await self._running.wait()
        if self._reader:
            # What it left running may hold the pipe open.
            await asyncio.wait([self._reader], timeout=0.5)
        return code

    async def wait_ready(self) -> None:
        """Wait until it does its work (a one-shot command: until it is done).

        Raises:
            CannotRun: it ended instead.
        """
        if self.process.one_shot:
            if code := await self.wait():
                raise CannotRun(self._last_words(code))
            return
        assert self._running is not None
        while self._running.returncode is None:
            if await anyio.to_thread.run_sync(_answers, self.process.ready):
                return
            await anyio.sleep(0.05)
        raise CannotRun(self._last_words(await self.wait()))

    async def end(self, *, grace: float) -> None:
        """Ask it to end; after `grace` seconds kill its whole group."""
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

    def _last_words(self, code: int) -> str:
        return f"{self.process.name} ended with {code}: " + ("\n  ".join(self.tail) or "(no output)")

    async def _read(self, running: asyncio.subprocess.Process) -> None:
        assert running.stdout is not None
        while line := await _line(running.stdout):
            self.tail.append(line.rstrip())
            self._log.emit(logging.makeLogRecord({"msg": line.rstrip()}))


async def _line(stream: asyncio.StreamReader) -> str:
    try:
        return (await stream.readline()).decode("utf-8", "replace")
    except ValueError:  # longer than the reader's limit: what it has is dropped, the next line is read
        return "(a very long line)\n"


def _log_file(path: Path) -> RotatingFileHandler:
    return RotatingFileHandler(path, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8", delay=True)


def _end_with_parent() -> None:
    # Even when the supervisor is killed outright, nothing stays behind.
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _answers(url: str) -> bool:
    """Whether a TCP port accepts, or a URL answers 200."""
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
