"""The lifecycle of every service.

1. Configure the logs and start the ops endpoints. `/readyz` answers 503.
2. Connect to the bus, and wait until the topology is declared.
3. Report ready, and serve.
4. On SIGTERM or SIGINT: report not ready, stop taking work, finish or return the work in progress, close the bus, and
   exit with code 0. A second signal cuts short what may take longer.
"""

import gc
import signal
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import anyio
from starlette.routing import BaseRoute

from cinestream.bus.jetstream import Bus
from cinestream.contracts import Transient
from cinestream.runtime import http
from cinestream.runtime.logs import configure_logs
from cinestream.runtime.ops import OPS_LIMITS, Health, ops_app
from cinestream.runtime.settings import ServiceSettings
from cinestream_flow.logger import get_logger

S = TypeVar("S", bound=ServiceSettings)
log = get_logger("runtime")


@dataclass(frozen=True)
class Shutdown:
    """The signals that end a service: `requested` is set by the first one, `immediate` by the second."""

    requested: anyio.Event = field(default_factory=anyio.Event)
    immediate: anyio.Event = field(default_factory=anyio.Event)


@dataclass(frozen=True)
class Context(Generic[S]):
    """The environment of a running service.

    The service must end within 5 s after `stop` is set. A setting may add time to drain. The service must cut that
    time short when `stop_now` is set.
    """

    settings: S
    bus: Bus
    health: Health
    stop: anyio.Event
    stop_now: anyio.Event = field(default_factory=anyio.Event)


@dataclass(frozen=True)
class Needs:
    """The streams and durable consumers (`stream/durable`) that must exist before a service is ready."""

    streams: Iterable[str] = ()
    consumers: Iterable[str] = ()


def run_service(
    name: str,
    settings: S,
    needs: Needs,
    serve: Callable[[Context[S]], Awaitable[None]],
    *,
    ops: socket.socket | None = None,
    routes: Sequence[BaseRoute] = (),
) -> None:
    """Run a service through its lifecycle until it gets SIGTERM or SIGINT.

    It waits for the bus and the topology without a time limit.

    Args:
        name: Name of the service in logs and on the bus.
        settings: Settings of the service.
        needs: Streams and consumers to wait for.
        serve: Function that does the work until `Context.stop` is set.
        ops: Bound socket for the ops endpoints. By default one is bound as the settings say.
        routes: Further ops endpoints.
    """

    async def main(health: Health, shutdown: Shutdown) -> None:
        await _serve_with_bus(name, settings, needs, serve, health, shutdown)

    _run(name, settings, main, routes, ops)


def run_without_bus(
    name: str,
    settings: ServiceSettings,
    serve: Callable[[Health, Shutdown], Awaitable[None]],
    *,
    routes: Sequence[BaseRoute] = (),
) -> None:
    """Run a service that does not need the bus. It is ready from the start.

    Args:
        name: Name of the service in logs.
        settings: Settings of the service.
        serve: Function that does the work until the shutdown is requested.
        routes: Further ops endpoints.
    """

    async def main(health: Health, shutdown: Shutdown) -> None:
        health.bus_connected = lambda: True
        health.state = "ready"
        log.info("service.ready", ops=f"http://{settings.ops_host}:{settings.ops_port}")
        async with anyio.create_task_group() as group:
            group.start_soon(_report_stop, shutdown.requested, health)
            await serve(health, shutdown)
            group.cancel_scope.cancel()

    _run(name, settings, main, routes)


def _run(
    name: str,
    settings: ServiceSettings,
    service: Callable[[Health, Shutdown], Awaitable[None]],
    routes: Sequence[BaseRoute] = (),
    ops: socket.socket | None = None,
) -> None:
    configure_logs(settings.log_format, settings.log_level, service=name)
    sock = ops or http.bind(settings.ops_host, settings.ops_port, setting="CINESTREAM_OPS_PORT")

    async def main() -> None:
        health = Health()
        hosts = http.HostRule(settings.ops_allowed_hosts, "CINESTREAM_OPS_ALLOWED_HOSTS")
        server = http.server(ops_app(health, routes), name="ops", hosts=hosts, limits=OPS_LIMITS)
        shutdown = Shutdown()
        # The ops endpoints belong to the outer group, so that they answer until the service has ended.
        async with anyio.create_task_group() as outer:
            await outer.start(http.serve, server, sock)
            async with anyio.create_task_group() as group:
                group.start_soon(_watch_signals, shutdown)
                await service(health, shutdown)
                group.cancel_scope.cancel()
            server.should_exit = True
        log.info("service.stopped")

    anyio.run(main, backend_options={"use_uvloop": True})
    # At exit the interpreter collects garbage once more, which would be nearly all of the time that the exit takes.
    gc.freeze()


async def _serve_with_bus(
    name: str,
    settings: S,
    needs: Needs,
    serve: Callable[[Context[S]], Awaitable[None]],
    health: Health,
    shutdown: Shutdown,
) -> None:
    stop = shutdown.requested
    bus = await _connect(name, settings, needs, health, stop)
    if bus is None:
        return
    try:
        if not stop.is_set():
            health.state = "ready"
            log.info("service.ready", ops=f"http://{settings.ops_host}:{settings.ops_port}")
            async with anyio.create_task_group() as group:
                group.start_soon(_report_stop, stop, health)
                await serve(Context(settings, bus, health, stop, shutdown.immediate))
                group.cancel_scope.cancel()
    finally:
        with anyio.CancelScope(shield=True), anyio.move_on_after(3):
            await bus.close()


async def _connect(name: str, settings: ServiceSettings, needs: Needs, health: Health, stop: anyio.Event) -> Bus | None:
    """Return the bus when its topology is there, or None if `stop` was set before there was a connection."""
    bus: Bus | None = None
    async with anyio.create_task_group() as starting:

        async def cancel_on_stop() -> None:
            await stop.wait()
            starting.cancel_scope.cancel()

        starting.start_soon(cancel_on_stop)
        health.state = "waiting for the bus"
        bus = await Bus.connect(
            settings.nats_url,
            name=f"cinestream-{name}",
            user=settings.nats_user,
            password=settings.nats_password.get_secret_value(),
        )
        health.bus_connected = lambda: bus is not None and bus.connected
        health.state = "waiting for the topology"
        await _wait_for_topology(bus, needs)
        starting.cancel_scope.cancel()
    return bus


async def _report_stop(stop: anyio.Event, health: Health) -> None:
    await stop.wait()
    health.state = "stopping"
    log.info("service.stopping")


async def _wait_for_topology(bus: Bus, needs: Needs) -> None:
    """Wait until all streams and consumers that the service needs exist."""
    logged = ""
    while True:
        try:
            for stream in needs.streams:
                await bus.stream_state(stream)
            for consumer in needs.consumers:
                await bus.consumer_state(*consumer.split("/", 1))
            return
        except (KeyError, Transient) as error:
            if str(error) != logged:
                logged = str(error)
                cure = {"cure": "run cinestream-topology"} if isinstance(error, KeyError) else {}
                log.info("service.waiting", reason=logged, **cure)
            await anyio.sleep(0.25)


async def _watch_signals(shutdown: Shutdown) -> None:
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async for _ in signals:
            (shutdown.immediate if shutdown.requested.is_set() else shutdown.requested).set()
