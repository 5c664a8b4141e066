"""A worker process, as its parent process sees it: started, checked, replaced and ended."""

import http.client
import json
import os
import subprocess
import sys
import time

import anyio
import structlog
from anyio.abc import Process
from prometheus_client.multiprocess import mark_process_dead

from cinestream.runtime import http as serving
from cinestream_stream_api.settings import StreamSettings

_CHECK_TIMEOUT = 5.0
_HUNG_AFTER = 30.0
_END_TIMEOUT = 4.0
_MIN_PAUSE, _MAX_PAUSE = 0.2, 10.0
_SETTLED_AFTER = 10.0
"""Seconds after which a worker counts as started well, so that its successor starts without a longer pause."""

log = structlog.get_logger("workers")


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
        self._environment = os.environ | {
            "PROMETHEUS_MULTIPROC_DIR": metrics,
            "CINESTREAM_STREAM_MAX_CLIENTS": str(share(settings.stream_max_clients, number, settings.stream_workers)),
            "CINESTREAM_STREAM_MAX_CLIENTS_PER_ADDRESS": str(
                share(settings.stream_max_clients_per_address, number, settings.stream_workers)
            ),
        }
        self._process: Process | None = None
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
            command, stdin=subprocess.PIPE, stdout=None, stderr=None, pass_fds=fds, env=self._environment
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
            self.not_ready, self.degraded = await anyio.to_thread.run_sync(
                _readiness, self._ops.getsockname()[1], abandon_on_cancel=True
            )
            self._last_answer = time.monotonic()
        except OSError as error:
            self.not_ready = f"no answer ({type(error).__name__})"
            if time.monotonic() - self._last_answer > self.hung_after and self._process is process:
                log.error("worker.hung", worker=self._number, pid=process.pid, action="kill and start another one")
                process.kill()

    async def end(self) -> None:
        """End the process, by force if it takes too long."""
        self._ending = True
        if (process := self._process) is None:
            return
        process.terminate()
        with anyio.move_on_after(_END_TIMEOUT):
            await process.wait()
            return
        log.error("worker.killed", worker=self._number, pid=process.pid, after_seconds=_END_TIMEOUT)
        process.kill()


def share(limit: int, number: int, workers: int) -> int:
    """Return the share of a limit that one of several workers gets, at least 1. 0 (no limit) stays 0.

    Args:
        limit: the limit of all workers together.
        number: the worker's number, from 0.
        workers: the number of workers.
    """
    return max(1, limit // workers + (number < limit % workers)) if limit else 0


def _readiness(port: int) -> tuple[str | None, list[str]]:
    """Ask a worker's /readyz.

    Returns:
        The reason why it is not ready (None if it is), and the reasons why it is degraded.

    Raises:
        OSError: it does not answer.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_CHECK_TIMEOUT)
    try:
        connection.request("GET", "/readyz")
        answer = json.loads(connection.getresponse().read())
    except (http.client.HTTPException, ValueError) as error:
        raise ConnectionError(str(error)) from error
    finally:
        connection.close()
    return answer.get("reason"), answer.get("degraded", [])
