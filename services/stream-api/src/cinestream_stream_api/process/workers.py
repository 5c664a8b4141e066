"""Several worker processes on one port: started, watched, replaced when they die, ended together.

Each worker has a socket of its own on the port, which this process keeps open: the system spreads connections
among the workers, and those that wait for one that died are served by its successor. Metrics are aggregated as
prometheus-client does (https://prometheus.github.io/client_python/multiprocess/), in a temporary directory.
"""

import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from functools import partial

import anyio
import structlog
from anyio.abc import Process
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cinestream.runtime import http as serving
from cinestream.runtime.ops import Health
from cinestream.runtime.service import run_without_bus
from cinestream_stream_api.settings import StreamSettings

_ASK_EVERY = 1.0
_ASK_TIMEOUT = 5.0
_HUNG_AFTER = 30.0
_GRACE = 4.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 10.0
_SETTLED_AFTER = 10.0

log = structlog.get_logger("workers")


class Worker:
    """One worker process after the other, on the same sockets.

    `trouble` is why it is not ready, or None; `hung_after` the seconds without an answer after which it is killed.
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
        self._heard = 0.0
        self.hung_after = _HUNG_AFTER
        self.trouble: str | None = "starting"
        self.degraded: list[str] = []

    async def keep(self) -> None:
        """Run a process, and another one when it dies, until `end`."""
        pause = _FIRST_PAUSE
        while not self._ending:
            started = time.monotonic()
            await self._run()
            if not self._ending:
                settled = time.monotonic() - started > _SETTLED_AFTER
                pause = _FIRST_PAUSE if settled else min(2 * pause, _LONGEST_PAUSE)
                await anyio.sleep(pause)

    async def _run(self) -> None:
        fds = (self._sock.fileno(), self._ops.fileno())
        command = [sys.executable, "-m", "cinestream_stream_api.process.worker", str(self._number), *map(str, fds)]
        self._heard, self.trouble = time.monotonic(), "starting"
        # The worker ends when this pipe does: it does not outlive this process, however that dies.
        process = await anyio.open_process(
            command, stdin=subprocess.PIPE, stdout=None, stderr=None, pass_fds=fds, env=self._environment
        )
        async with process:
            self._process = process
            try:
                code = await process.wait()
            finally:
                self._process = None
                self.trouble = "being replaced"
        mark_process_dead(process.pid, self._metrics)  # type: ignore[no-untyped-call]
        if not self._ending:
            log.warning("worker.died", worker=self._number, pid=process.pid, code=code)

    async def ask(self) -> None:
        """Learn whether it is ready; kill it when it has not answered for long, to be replaced."""
        if self._process is None:
            return
        process = self._process
        try:
            self.trouble, self.degraded = await anyio.to_thread.run_sync(
                _readiness, self._ops.getsockname()[1], abandon_on_cancel=True
            )
            self._heard = time.monotonic()
        except OSError as error:
            self.trouble = f"no answer ({type(error).__name__})"
            if time.monotonic() - self._heard > self.hung_after and self._process is process:
                log.error("worker.hung", worker=self._number, pid=process.pid)
                process.kill()

    async def end(self) -> None:
        """End the process, by force when it takes too long."""
        self._ending = True
        if (process := self._process) is None:
            return
        process.terminate()
        with anyio.move_on_after(_GRACE):
            await process.wait()
            return
        log.error("worker.killed", worker=self._number, pid=process.pid)
        process.kill()


def share(limit: int, number: int, workers: int) -> int:
    """A worker's share of a limit (workers are counted from 0): at least 1; of no limit (0) none."""
    return max(1, limit // workers + (number < limit % workers)) if limit else 0


def run_workers(settings: StreamSettings) -> None:
    """Run the workers until told to stop."""
    # A port that somebody else has is told at once: sharing would hide it.
    serving.bind(settings.stream_host, settings.stream_port, setting="CINESTREAM_STREAM_PORT").close()
    with tempfile.TemporaryDirectory(prefix="cinestream-metrics-") as metrics:
        workers = [Worker(number, settings, metrics) for number in range(settings.stream_workers)]
        route = Route("/metrics", partial(_aggregated, metrics))
        run_without_bus("stream-api", settings, partial(_serve, workers), routes=[route])


async def _serve(workers: list[Worker], health: Health, stop: anyio.Event) -> None:
    health.state = "starting"
    health.degraded.append(lambda: _reasons(workers))
    async with anyio.create_task_group() as group:
        for worker in workers:
            group.start_soon(worker.keep)
        group.start_soon(_watch, workers, health, stop)
        await stop.wait()
        async with anyio.create_task_group() as ending:
            for worker in workers:
                ending.start_soon(worker.end)
        group.cancel_scope.cancel()


async def _watch(workers: list[Worker], health: Health, stop: anyio.Event) -> None:
    """Ready is whoever has a worker that is: connections go only to those that listen."""
    while not stop.is_set():
        troubles = [worker.trouble for worker in workers]
        health.state = "ready" if None in troubles else str(troubles[0])
        await anyio.sleep(_ASK_EVERY)
        async with anyio.create_task_group() as asking:
            for worker in workers:
                asking.start_soon(worker.ask)


def _reasons(workers: list[Worker]) -> list[str]:
    missing = [f"worker {number}: {worker.trouble}" for number, worker in enumerate(workers) if worker.trouble]
    return missing + list(dict.fromkeys(reason for worker in workers for reason in worker.degraded))


def _readiness(port: int) -> tuple[str | None, list[str]]:
    """Why a worker is not ready (None: it is), and what is wrong with it besides.

    Raises:
        OSError: it does not answer.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_ASK_TIMEOUT)
    try:
        connection.request("GET", "/readyz")
        said = json.loads(connection.getresponse().read())
    except (http.client.HTTPException, ValueError) as error:
        raise ConnectionError(str(error)) from error
    finally:
        connection.close()
    return said.get("reason"), said.get("degraded", [])


async def _aggregated(metrics: str, _: Request) -> Response:
    registry = CollectorRegistry()
    MultiProcessCollector(registry, metrics)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
