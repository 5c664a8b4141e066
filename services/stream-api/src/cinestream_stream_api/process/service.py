"""The service's life inside the lifecycle of `cinestream.runtime.service`."""

import resource
import socket
from functools import partial
from typing import Any

import anyio
import structlog

from cinestream.bus.topology import MOVIES
from cinestream.runtime import http
from cinestream.runtime.service import Context, Needs, run_service
from cinestream_stream_api.catalogue.scan import Scan
from cinestream_stream_api.http.app import make_app
from cinestream_stream_api.metrics import PROCESS, StreamMetrics
from cinestream_stream_api.process.workers import run_workers
from cinestream_stream_api.settings import StreamSettings
from cinestream_stream_api.stream.chunk_writer import Outlet
from cinestream_stream_api.stream.hub import Hub
from cinestream_stream_api.stream.response import Streams

_OTHER_FILES = 256
_SAY_CLIENTS_EVERY = 1.0

NEEDS = Needs(streams=[MOVIES])

log = structlog.get_logger("stream")

SERVER: dict[str, Any] = {
    "http": Outlet,
    "ws": "none",
    "proxy_headers": False,
    "server_header": False,
    "timeout_graceful_shutdown": 1,
}


def run(settings: StreamSettings) -> None:
    """Run until told to stop. The port is taken first, so that a taken one is told at once."""
    if settings.stream_workers > 1:
        run_workers(settings)
        return
    sock = http.bind(settings.stream_host, settings.stream_port, setting="CINESTREAM_STREAM_PORT")
    allow_open_files(settings.stream_max_clients)
    run_service("stream-api", settings, NEEDS, partial(serve, sock, PROCESS))


def allow_open_files(clients: int) -> None:
    """Raise this process's limit of open files, one per client, as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = clients + _OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        if most < wanted:
            log.warning("service.few_files", limit=most, wanted=wanted)


async def serve(
    sock: socket.socket, metrics: StreamMetrics, context: Context[StreamSettings], *, say_clients: bool = False
) -> None:
    """Serve until `context.stop`. `say_clients` writes the number of clients down, for others to collect."""
    hub = Hub(context.bus, context.settings, metrics)
    context.health.degraded.append(lambda: [hub.tail.trouble] if hub.tail.trouble else [])
    if not await _started(hub, context.stop):
        return
    scan = Scan(hub)
    app = make_app(context.bus, hub, scan, context.health)
    server = http.server(Streams(app), **SERVER)
    async with anyio.create_task_group() as keeping:
        keeping.start_soon(hub.keep)
        keeping.start_soon(scan.keep)
        if say_clients:
            keeping.start_soon(_say_clients, hub)
        async with anyio.create_task_group() as serving:
            await serving.start(http.serve, server, sock)
            await context.stop.wait()
            # Streams end first: uvicorn waits for open connections before anything else.
            await hub.end()
            server.should_exit = True
        keeping.cancel_scope.cancel()


async def _say_clients(hub: Hub) -> None:
    """Metrics of several processes are values in files: no function of a process can be asked."""
    while True:
        hub.metrics.clients.labels("live").set(hub.clients(live=True))
        hub.metrics.clients.labels("catching-up").set(hub.clients(live=False))
        await anyio.sleep(_SAY_CLIENTS_EVERY)


async def _started(hub: Hub, stop: anyio.Event) -> bool:
    """Start the hub, unless `stop` comes first."""
    async with anyio.create_task_group() as group:

        async def give_up() -> None:
            await stop.wait()
            group.cancel_scope.cancel()

        group.start_soon(give_up)
        await hub.start()
        group.cancel_scope.cancel()
    return not stop.is_set()
