"""Our server: one worker of stream-api, behind a nats-server."""

import logging
import sysconfig
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import anyio
import structlog
from bench.stream.events import film
from bench.stream.servers import Publish, Server, free_port, running

from cinestream.bus.declare import TopologySettings, declare
from cinestream.bus.jetstream import Bus

SCRIPTS = Path(sysconfig.get_path("scripts"))
_AT_ONCE = 1000


@asynccontextmanager
async def ours(stored: int = 0, **settings: str) -> AsyncIterator[Server]:
    """Stream-api with these settings; so many events are in its history when it starts."""
    async with _broker() as (url, broker):
        bus = await Bus.connect(url, name="bench")
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
        await declare(bus, TopologySettings())
        publish = _publishing(bus)
        await publish(range(1, stored + 1))
        port, ops = free_port(), free_port()
        environment = {
            "CINESTREAM_NATS_URL": url,
            "CINESTREAM_STREAM_PORT": str(port),
            "CINESTREAM_OPS_PORT": str(ops),
            "CINESTREAM_LOG_LEVEL": "error",
        }
        with running(str(SCRIPTS / "cinestream-stream-api"), port=port, **environment | settings) as process:
            yield Server(port, "/api/movies/stream", process.pid, publish, ops=ops, broker=broker)
        await bus.close()


@asynccontextmanager
async def _broker() -> AsyncIterator[tuple[str, int]]:
    port = free_port()
    with tempfile.TemporaryDirectory() as store:
        nats = (str(SCRIPTS / "nats-server"), "-js", "-sd", store, "-p", str(port), "-a", "127.0.0.1")
        with running(*nats, "-l", f"{store}/log", port=port) as process:
            yield f"nats://127.0.0.1:{port}", process.pid


def _publishing(bus: Bus) -> Publish:
    async def publish_one(number: int) -> None:
        movie = film(number)
        await bus.publish(movie.subject, movie.encode(page_time=datetime.now(UTC)))

    async def publish(numbers: range) -> None:
        for start in range(numbers.start, numbers.stop, _AT_ONCE):
            async with anyio.create_task_group() as group:
                for number in range(start, min(start + _AT_ONCE, numbers.stop)):
                    group.start_soon(publish_one, number)

    return publish
