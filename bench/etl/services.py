"""The processes of the benchmark: a nats-server that syncs every write to disk, workers, and the stream."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from subprocess import Popen

import anyio
import anyio.lowlevel
from bench.processes import SCRIPTS, free_port, running

from cinestream.bus.jetstream import Bus
from cinestream.commands.streams import TopologySettings, declare
from cinestream.contracts import RawPage

_CONFIG = """
listen: 127.0.0.1:{port}
max_payload: 8MB
jetstream {{ store_dir: "{store}", sync_interval: always }}
"""


@asynccontextmanager
async def broker() -> AsyncIterator[tuple[str, int, Bus]]:
    """Start a nats-server with the topology. Yield its URL, its process id and a connection."""
    port = free_port()
    with tempfile.TemporaryDirectory() as store:
        config = _write(Path(store, "nats.conf"), _CONFIG.format(port=port, store=f"{store}/js"))
        with running(str(SCRIPTS / "nats-server"), "-c", str(config), "-l", f"{store}/log", port=port) as process:
            url = f"nats://127.0.0.1:{port}"
            bus = await Bus.connect(url, name="bench")
            await declare(bus, TopologySettings())
            yield url, process.pid, bus
            await bus.close()


def _write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


@contextmanager
def worker(url: str, *, core: int | None = None) -> Iterator[Popen[bytes]]:
    """Start a worker, on one core only if `core` is given."""
    port = free_port()
    pinned = ("taskset", "-c", str(core)) if core is not None else ()
    environment = {"CINESTREAM_NATS_URL": url, "CINESTREAM_OPS_PORT": str(port), "CINESTREAM_LOG_LEVEL": "error"}
    with running(*pinned, str(SCRIPTS / "cinestream-etl"), port=port, **environment) as process:
        yield process


@contextmanager
def stream(url: str) -> Iterator[int]:
    """Start stream-api, and yield its port."""
    port = free_port()
    settings = {"CINESTREAM_STREAM_PORT": str(port), "CINESTREAM_OPS_PORT": str(free_port())}
    settings |= {"CINESTREAM_NATS_URL": url, "CINESTREAM_LOG_LEVEL": "error"}
    with running(str(SCRIPTS / "cinestream-stream-api"), port=port, **settings):
        yield port


async def publish(bus: Bus, pages: Iterator[RawPage], *, concurrency: int = 32) -> None:
    """Publish pages, up to `concurrency` of them at once."""
    limit = anyio.Semaphore(concurrency)

    async def one(page: RawPage) -> None:
        async with limit:
            await bus.publish(page.subject, page.encode())

    async with anyio.create_task_group() as group:
        for page in pages:
            # Wait for a free slot, so that at most so many pages are in memory.
            async with limit:
                group.start_soon(one, page)
            await anyio.lowlevel.checkpoint()


async def wait_stored(bus: Bus, stream: str, count: int, *, timeout: float = 300) -> None:
    """Wait until a stream holds `count` messages.

    Raises:
        TimeoutError: it does not within `timeout` seconds.
    """
    with anyio.fail_after(timeout):
        while (await bus.stream_state(stream)).messages < count:
            await anyio.sleep(0.02)
