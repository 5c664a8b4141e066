"""The one lifecycle of every service.

settings -> logs -> ops endpoints up, not ready -> bus connected, topology there -> ready -> serve ->
on SIGTERM or SIGINT: not ready, stop taking work, finish or give back what is in hand, drain, exit 0.
"""

import gc
import signal
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import anyio
import structlog
from starlette.routing import BaseRoute

from cinestream.bus.jetstream import Bus
from cinestream.contracts import Transient
from cinestream.runtime import http
from cinestream.runtime.logs import configure_logs
from cinestream.runtime.ops import Health, ops_app
from cinestream.runtime.settings import ServiceSettings

S = TypeVar("S", bound=ServiceSettings)
log = structlog.get_logger("runtime")


@dataclass(frozen=True)
class Context(Generic[S]):
    """What a service is given to serve with. `stop` is set when it shall end, which it must within 5 s."""

    settings: S
    bus: Bus
    health: Health
    stop: anyio.Event


@dataclass(frozen=True)
class Needs:
    """The streams and durables (`stream/durable`) that must be there before a service is ready."""

    streams: Iterable[str] = ()
    consumers: Iterable[str] = ()


def run_service(
    name: str,
    settings: S,
    needs: Needs,
    serve: Callable[[Context[S]], Awaitable[None]],
    *,
    ops: socket.socket | None = None,
) -> None:
    """Run a service until it is told to stop, through the lifecycle that this module's docstring draws.

    Waits by itself, for as long as it takes, for the bus and for the topology. `ops` is a bound socket for the ops
    endpoints, instead of one by the settings.
    """
    _run(name, settings, lambda health, stop: _live(name, settings, needs, serve, health, stop), ops=ops)


def run_without_bus(
    name: str,
    settings: ServiceSettings,
    serve: Callable[[Health, anyio.Event], Awaitable[None]],
    *,
    routes: Sequence[BaseRoute] = (),
) -> None:
    """The same for a service that does not live from the bus: ready from the start. `routes` are more ops endpoints."""

    async def live(health: Health, stop: anyio.Event) -> None:
        health.bus_connected = lambda: True
        health.state = "ready"
        log.info("service.ready", ops=f"http://{settings.ops_host}:{settings.ops_port}")
        async with anyio.create_task_group() as group:
            group.start_soon(_say_when, stop, health)
            await serve(health, stop)
            group.cancel_scope.cancel()

    _run(name, settings, live, routes)


def _run(
    name: str,
    settings: ServiceSettings,
    live: Callable[[Health, anyio.Event], Awaitable[None]],
    routes: Sequence[BaseRoute] = (),
    ops: socket.socket | None = None,
) -> None:
    configure_logs(settings.log_format, settings.log_level, service=name)
    sock = ops or http.bind(settings.ops_host, settings.ops_port, setting="CINESTREAM_OPS_PORT")

    async def main() -> None:
        health = Health()
        server = http.server(ops_app(health, routes), timeout_graceful_shutdown=1)
        stop = anyio.Event()
        async with anyio.create_task_group() as outer:
            await outer.start(http.serve, server, sock)
            async with anyio.create_task_group() as group:
                group.start_soon(_watch_signals, stop)
                await live(health, stop)
                group.cancel_scope.cancel()
            server.should_exit = True
        log.info("service.stopped")

    anyio.run(main, backend_options={"use_uvloop": True})
    # The interpreter would look through all objects once more before it exits: nearly all of what that takes.
    gc.freeze()


async def _live(
    name: str,
    settings: S,
    needs: Needs,
    serve: Callable[[Context[S]], Awaitable[None]],
    health: Health,
    stop: anyio.Event,
) -> None:
    bus: Bus | None = None
    async with anyio.create_task_group() as starting:

        async def give_up() -> None:
            await stop.wait()
            starting.cancel_scope.cancel()

        starting.start_soon(give_up)
        health.state = "waiting for the bus"
        bus = await Bus.connect(
            settings.nats_url,
            name=f"cinestream-{name}",
            user=settings.nats_user,
            password=settings.nats_password.get_secret_value(),
        )
        health.bus_connected = lambda: bus is not None and bus.connected
        health.state = "waiting for the topology"
        await _topology_there(bus, needs)
        starting.cancel_scope.cancel()
    if bus is None:
        return
    try:
        if not stop.is_set():
            health.state = "ready"
            log.info("service.ready", ops=f"http://{settings.ops_host}:{settings.ops_port}")
            async with anyio.create_task_group() as group:
                group.start_soon(_say_when, stop, health)
                await serve(Context(settings, bus, health, stop))
                group.cancel_scope.cancel()
    finally:
        with anyio.CancelScope(shield=True), anyio.move_on_after(3):
            await bus.close()


async def _say_when(stop: anyio.Event, health: Health) -> None:
    await stop.wait()
    health.state = "stopping"
    log.info("service.stopping")


async def _topology_there(bus: Bus, needs: Needs) -> None:
    """Wait until everything that is needed is declared."""
    said = ""
    while True:
        try:
            for stream in needs.streams:
                await bus.stream_state(stream)
            for consumer in needs.consumers:
                await bus.consumer_state(*consumer.split("/", 1))
            return
        except (KeyError, Transient) as error:
            if str(error) != said:
                said = str(error)
                log.info("service.waiting", reason=said, cure="run cinestream-topology")
            await anyio.sleep(0.25)


async def _watch_signals(stop: anyio.Event) -> None:
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async for _ in signals:
            stop.set()
