"""CineStream's server: one worker of stream-api, with a nats-server."""

import logging
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import anyio
import structlog
from bench.processes import SCRIPTS, free_port, running
from bench.stream.events import film
from bench.stream.server import MeasuredServer, Publish

from cinestream.bus.jetstream import Bus
from cinestream.commands.streams import TopologySettings, declare

_BATCH = 1000
"""Events that are published concurrently."""


@asynccontextmanager
async def own_server(stored: int = 0, **settings: str) -> AsyncIterator[MeasuredServer]:
    """Start stream-api with these environment variables, and with `stored` events in its history."""
    async with _broker() as (url, broker_pid):
        bus = await Bus.connect(url, name="bench")
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
        await declare(bus, TopologySettings())
        publish = _publisher(bus)
        await publish(range(1, stored + 1))
        port, ops_port = free_port(), free_port()
        environment = {
            "CINESTREAM_NATS_URL": url,
            "CINESTREAM_STREAM_PORT": str(port),
            "CINESTREAM_OPS_PORT": str(ops_port),
            "CINESTREAM_LOG_LEVEL": "error",
        }
        with running(str(SCRIPTS / "cinestream-stream-api"), port=port, **environment | settings) as process:
            yield MeasuredServer(
                port, "/api/movies/stream", process.pid, publish, ops_port=ops_port, broker_pid=broker_pid
            )
        await bus.close()


@asynccontextmanager
async def _broker() -> AsyncIterator[tuple[str, int]]:
    port = free_port()
    with tempfile.TemporaryDirectory() as store:
        nats = (str(SCRIPTS / "nats-server"), "-js", "-sd", store, "-p", str(port), "-a", "127.0.0.1")
        with running(*nats, "-l", f"{store}/log", port=port) as process:
            yield f"nats://127.0.0.1:{port}", process.pid


def _publisher(bus: Bus) -> Publish:
    async def publish_one(number: int) -> None:
        movie = film(number)
        await bus.publish(movie.subject, movie.encode(page_time=datetime.now(UTC)))

    async def publish(numbers: range) -> None:
        for start in range(numbers.start, numbers.stop, _BATCH):
            async with anyio.create_task_group() as group:
                for number in range(start, min(start + _BATCH, numbers.stop)):
                    group.start_soon(publish_one, number)

    return publish
