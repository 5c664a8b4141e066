"""A worker process, as its parent process sees it: started, checked, replaced and ended."""

import os
import subprocess
import sys
import time
from typing import Any

import anyio
from anyio.abc import Process
from prometheus_client.multiprocess import mark_process_dead

from cinestream.runtime import http as serving
from cinestream_flow.logger import get_logger
from cinestream_stream_api.process.worker_request import request
from cinestream_stream_api.settings import StreamSettings

_HUNG_AFTER = 30.0
_END_TIMEOUT = 4.0
"""Seconds that a worker has to end, besides the time in which it drains its streams."""
_MIN_PAUSE, _MAX_PAUSE = 0.2, 10.0
_SETTLED_AFTER = 10.0
"""Seconds after which a worker counts as started well, so that its successor starts without a longer pause."""

log = get_logger("workers")


class WorkerProcess:
    """One worker process after the other, on the same sockets.

    Each worker has its own socket on the shared port, and the system spreads the connections among them. The parent
    keeps the sockets open: connections that wait for a worker that died are served by its successor.

    `not_ready` is the reason why the worker is not ready, or None. `hung_after` is the number of seconds without an
    answer after which it is killed.

    Args:
        number: the worker's number, from 0.
        settings: the settings of the service. The limits of clients are divided among the workers.
        metrics: the directory in which the workers share their metrics.
    """

    def __init__(self, number: int, settings: StreamSettings, metrics: str) -> None:
        self._number = number
        self._metrics = metrics
        self._sock = serving.bind(
            settings.stream_host, settings.stream_port, setting="CINESTREAM_STREAM_PORT", shared=True
        )
        self._ops = serving.bind("127.0.0.1", 0, setting="")
        self._environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": metrics} | _shares(settings, number)
        self._process: Process | None = None
        self._end_timeout = settings.stream_drain_seconds + _END_TIMEOUT
        self._ending = False
        self._last_answer = 0.0
        self.hung_after = _HUNG_AFTER
        self.not_ready: str | None = "starting"
        self.degraded: list[str] = []

    async def keep(self) -> None:
        """Run a process, and a new one when it dies, until `end`."""
        pause = _MIN_PAUSE
        while not self._ending:
            started = time.monotonic()
            await self._run()
            if not self._ending:
                settled = time.monotonic() - started > _SETTLED_AFTER
                pause = _MIN_PAUSE if settled else min(2 * pause, _MAX_PAUSE)
                await anyio.sleep(pause)

    async def _run(self) -> None:
        fds = (self._sock.fileno(), self._ops.fileno())
        command = [sys.executable, "-m", "cinestream_stream_api.process.worker", str(self._number), *map(str, fds)]
        self._last_answer, self.not_ready = time.monotonic(), "starting"
        # The worker ends when this pipe closes, so it does not outlive this process, however that ends.
        process = await anyio.open_process(
            command,
            stdin=subprocess.PIPE,
            stdout=None,
            stderr=None,
            pass_fds=fds,
            env=self._environment,
            # Ctrl-C in the terminal reaches only this process, which passes it on. A second signal ends a drain.
            start_new_session=True,
        )
        async with process:
            self._process = process
            try:
                code = await process.wait()
            finally:
                self._process = None
                self.not_ready = "being replaced"
        mark_process_dead(process.pid, self._metrics)  # type: ignore[no-untyped-call]
        if not self._ending:
            log.warning("worker.died", worker=self._number, pid=process.pid, code=code, action="start another one")

    async def check(self) -> None:
        """Ask the worker for its readiness. Kill a worker that has hung, so that it is replaced."""
        if self._process is None:
            return
        process = self._process
        try:
            _, answer = await self.request("GET", "/readyz")
            self.not_ready, self.degraded = answer.get("reason"), answer.get("degraded", [])
            self._last_answer = time.monotonic()
        except OSError as error:
            self.not_ready = f"no answer ({type(error).__name__})"
            if time.monotonic() - self._last_answer > self.hung_after and self._process is process:
                log.error("worker.hung", worker=self._number, pid=process.pid, action="kill and start another one")
                process.kill()

    async def request(self, method: str, path: str) -> tuple[int, Any]:
        """Send a request to the worker's ops port. Return the status and the body as JSON.

        Raises:
            OSError: the worker does not answer, or there is none at this moment.
        """
        if self._process is None:
            raise ConnectionRefusedError(f"worker {self._number} is {self.not_ready}")
        return await request(self._ops.getsockname()[1], method, path)

    async def end(self, stop_now: anyio.Event | None = None) -> None:
        """End the process, by force if it takes too long. It drains its streams until `stop_now` is set."""
        self._ending = True
        if (process := self._process) is None:
            return
        process.terminate()
        async with anyio.create_task_group() as waiting:
            if stop_now is not None:
                waiting.start_soon(_terminate_at, stop_now, process)
            with anyio.move_on_after(self._end_timeout) as timeout:
                await process.wait()
            waiting.cancel_scope.cancel()
        if timeout.cancelled_caught:
            log.error("worker.killed", worker=self._number, pid=process.pid, after_seconds=self._end_timeout)
            process.kill()


async def _terminate_at(event: anyio.Event, process: Process) -> None:
    await event.wait()
    process.terminate()


def _shares(settings: StreamSettings, number: int) -> dict[str, str]:
    """Return the variables of the limits of a worker."""
    limits = {
        "CINESTREAM_STREAM_MAX_CLIENTS": settings.stream_max_clients,
        "CINESTREAM_STREAM_MAX_CLIENTS_PER_ADDRESS": settings.stream_max_clients_per_address,
    }
    return {
        name: str(share(limit, number, settings.stream_workers)) for name, limit in limits.items() if limit is not None
    }


def share(limit: int, number: int, workers: int) -> int:
    """Return the share of a limit that one of several workers gets, at least 1. 0 (no limit) stays 0.

    Args:
        limit: the limit of all workers together.
        number: the worker's number, from 0.
        workers: the number of workers.
    """
    return max(1, limit // workers + (number < limit % workers)) if limit else 0
