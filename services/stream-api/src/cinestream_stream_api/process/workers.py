"""Supervisor of several worker processes on one port.

It starts the workers, monitors them, replaces those that die, and ends them together.

The metrics of the workers are aggregated as prometheus-client does, in a temporary directory
(https://prometheus.github.io/client_python/multiprocess/).
"""

import tempfile
from functools import partial

import anyio
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cinestream.runtime.ops import Health
from cinestream.runtime.service import Shutdown, run_without_bus
from cinestream_flow.logger import get_logger
from cinestream_stream_api.process.ops_streams import stream_routes
from cinestream_stream_api.process.sockets import bind
from cinestream_stream_api.process.worker_process import WorkerProcess
from cinestream_stream_api.process.workers_streams import WorkersStreams
from cinestream_stream_api.settings import StreamSettings

_CHECK_SECONDS = 1.0

log = get_logger("workers")


def run_workers(settings: StreamSettings) -> None:
    """Run the workers until SIGTERM."""
    # Bind without SO_REUSEPORT first, to detect another program on the port.
    bind(settings.stream_host, settings.stream_port, setting="CINESTREAM_STREAM_PORT").close()
    with tempfile.TemporaryDirectory(prefix="cinestream-metrics-") as metrics:
        workers = [WorkerProcess(number, settings, metrics) for number in range(settings.stream_workers)]
        routes = [
            Route("/metrics", partial(_aggregated, metrics)),
            *stream_routes(WorkersStreams(workers), settings.ops_token),
        ]
        run_without_bus("stream-api", settings, partial(_serve, workers), routes=routes)


async def _serve(workers: list[WorkerProcess], health: Health, shutdown: Shutdown) -> None:
    health.state = "starting"
    health.degraded.append(lambda: _reasons(workers))
    async with anyio.create_task_group() as group:
        for worker in workers:
            group.start_soon(worker.keep)
        group.start_soon(_monitor, workers, health, shutdown.requested)
        await shutdown.requested.wait()
        async with anyio.create_task_group() as ending:
            for worker in workers:
                ending.start_soon(worker.end, shutdown.immediate)
        group.cancel_scope.cancel()


async def _monitor(workers: list[WorkerProcess], health: Health, stop: anyio.Event) -> None:
    """Keep `health` up to date. One ready worker makes the service ready, because only ready workers listen."""
    while not stop.is_set():
        states = [worker.not_ready for worker in workers]
        health.state = "ready" if None in states else str(states[0])
        await anyio.sleep(_CHECK_SECONDS)
        async with anyio.create_task_group() as checks:
            for worker in workers:
                checks.start_soon(worker.check)


def _reasons(workers: list[WorkerProcess]) -> list[str]:
    missing = [f"worker {number}: {worker.not_ready}" for number, worker in enumerate(workers) if worker.not_ready]
    return missing + list(dict.fromkeys(reason for worker in workers for reason in worker.degraded))


async def _aggregated(metrics: str, _: Request) -> Response:
    registry = CollectorRegistry()
    MultiProcessCollector(registry, metrics)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
