"""The service in one process, inside the lifecycle of `cinestream.runtime.service`."""

import socket
from dataclasses import replace
from functools import partial

import anyio
from starlette.types import ASGIApp

from cinestream.bus.topology import MOVIES
from cinestream.runtime import http
from cinestream.runtime.logs import configure_logs
from cinestream.runtime.service import Context, Needs, run_service
from cinestream_flow.logger import get_logger
from cinestream_stream_api.http.app import AppParts, make_app
from cinestream_stream_api.log.tail import Tail
from cinestream_stream_api.metrics import PROCESS, StreamMetrics
from cinestream_stream_api.process.open_files import max_connections, within_open_files
from cinestream_stream_api.process.ops_streams import OwnStreams, stream_routes
from cinestream_stream_api.process.parts import make_parts
from cinestream_stream_api.process.single_worker import SingleWorker
from cinestream_stream_api.process.sockets import bind
from cinestream_stream_api.process.workers import run_workers
from cinestream_stream_api.settings import StreamSettings
from cinestream_stream_api.stream.chunk_writer import ChunkWriter
from cinestream_stream_api.stream.hub import Hub
from cinestream_stream_api.stream.response import StreamMiddleware

_PUBLISH_CLIENTS_SECONDS = 1.0
_LIMITS = http.Limits()

NEEDS = Needs(streams=[MOVIES])

log = get_logger("stream")


def run(settings: StreamSettings) -> None:
    """Run the service until SIGTERM. The ports are bound first, so that a taken port is reported at once."""
    if settings.stream_workers > 1:
        run_workers(settings)
        return
    configure_logs(settings.log_format, settings.log_level, service="stream-api")
    sock = bind(settings.stream_host, settings.stream_port, setting="CINESTREAM_STREAM_PORT")
    ops = bind(settings.ops_host, settings.ops_port, setting="CINESTREAM_OPS_PORT")
    settings = within_open_files(settings)
    SingleWorker(partial(run_worker, "stream-api", settings, sock, ops)).run()


def run_worker(
    name: str, settings: StreamSettings, sock: socket.socket, ops: socket.socket, *, publish_clients: bool = False
) -> None:
    """Run the service in this process, on bound sockets, until SIGTERM. See `serve` for `publish_clients`."""
    streams = OwnStreams()
    work = partial(serve, sock, PROCESS, streams=streams, publish_clients=publish_clients)
    run_service(name, settings, NEEDS, work, ops=ops, routes=stream_routes(streams, settings.ops_token))


async def serve(
    sock: socket.socket,
    metrics: StreamMetrics,
    context: Context[StreamSettings],
    *,
    streams: OwnStreams,
    publish_clients: bool = False,
    limits: http.Limits = _LIMITS,
) -> None:
    """Serve on a bound socket until `context.stop`.

    Args:
        sock: the bound socket.
        metrics: the metrics to count in.
        context: the environment of the service.
        streams: gets the hub, so that operators see the open streams.
        publish_clients: True to write the numbers of clients to the metrics of this process each second, so that
            another process can add them up.
        limits: the limits of connections. Their number follows from the settings.
    """
    parts = make_parts(context.bus, context.settings, metrics)
    tail, hub, scheduler, scan = parts.tail, parts.hub, parts.scheduler, parts.scan
    streams.hub = hub
    context.health.degraded.append(lambda: [tail.last_error] if tail.last_error else [])
    if not await _started(tail, context.stop):
        return
    app = make_app(AppParts(context.bus, context.settings, tail, scan, parts.streams, parts.notices, context.health))
    server = _server(app, context.settings, limits)
    async with anyio.create_task_group() as background:
        for run_part in (tail.keep, scheduler.run_ticks, scan.keep):
            background.start_soon(run_part)
        if publish_clients:
            background.start_soon(_publish_clients, hub, metrics)
        async with anyio.create_task_group() as serving:
            await serving.start(http.serve, server, sock)
            await context.stop.wait()
            # Streams end first, because uvicorn waits for open connections before anything else.
            await hub.end(drain_seconds=context.settings.stream_drain_seconds, stop_now=context.stop_now)
            server.should_exit = True
        background.cancel_scope.cancel()


def _server(app: ASGIApp, settings: StreamSettings, limits: http.Limits) -> http.EmbeddedServer:
    return http.server(
        StreamMiddleware(app),
        name="api",
        hosts=http.HostRule(settings.stream_allowed_hosts, "CINESTREAM_STREAM_ALLOWED_HOSTS"),
        limits=replace(limits, connections=max_connections(settings.stream_max_clients)),
        protocol=ChunkWriter,
        pages=True,
    )


async def _publish_clients(hub: Hub, metrics: StreamMetrics) -> None:
    """Set the gauges of clients each second.

    The metrics of several processes are values in shared files, so a gauge cannot call a function of its process.
    """
    while True:
        metrics.clients.labels("live").set(hub.clients(live=True))
        metrics.clients.labels("catching-up").set(hub.clients(live=False))
        await anyio.sleep(_PUBLISH_CLIENTS_SECONDS)


async def _started(tail: Tail, stop: anyio.Event) -> bool:
    """Start the tail. Return False if `stop` comes first."""
    async with anyio.create_task_group() as group:

        async def cancel_at_stop() -> None:
            await stop.wait()
            group.cancel_scope.cancel()

        group.start_soon(cancel_at_stop)
        await tail.start()
        group.cancel_scope.cancel()
    return not stop.is_set()
