"""A thousand clients: that never read, and that are connected at the shutdown."""

import os
import re
import resource
import selectors
import socket
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import anyio
import pytest
from anyio.lowlevel import checkpoint
from anyio.to_thread import run_sync
from tests.stream_api.films import publish
from tests.stream_api.server_process import Process
from tests.stream_api.serving import serving

from cinestream.bus.jetstream import Bus

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(400)]
CLIENTS = 1000
MIB = 1 << 20
REQUEST = b"GET /api/movies/stream HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"


@pytest.fixture
def api_environment() -> dict[str, str]:
    """Return settings with a small ring."""
    return {
        "CINESTREAM_STREAM_RING_BYTES": str(8 * MIB),  # several of the bursts below
        "CINESTREAM_STREAM_HEARTBEAT": "3",
        "CINESTREAM_STREAM_SEND_TIMEOUT": "20",
    }


@pytest.fixture(autouse=True)
def files() -> None:
    """Allow an open file for each client."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2 * CLIENTS:
        pytest.skip(f"only {hard} files may be open")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2 * CLIENTS), hard))


@contextmanager
def clients(port: int) -> Iterator[list[socket.socket]]:
    """Open streams that have received their first block."""
    found: list[socket.socket] = []
    try:
        for _ in range(CLIENTS):
            client = socket.socket()
            found.append(client)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
            client.settimeout(60)
            client.connect(("127.0.0.1", port))
            client.sendall(REQUEST)
        for client in found:
            while b"event: position" not in client.recv(4096, socket.MSG_PEEK):
                time.sleep(0.001)
        yield found
    finally:
        for client in found:
            client.close()


def memory(process: Process) -> int:
    """Return the bytes of memory of a process."""
    assert process.process
    return int(Path(f"/proc/{process.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def metric(process: Process, name: str) -> float:
    """Return the value of a metric with its labels, or 0 if it is missing."""
    with urllib.request.urlopen(f"http://127.0.0.1:{process.ops}/metrics", timeout=60) as answer:
        found = re.search(rf"^cinestream_stream_{re.escape(name)} (\S+)", answer.read().decode(), re.MULTILINE)
    return float(found[1]) if found else 0.0


TIMED_OUT = 'disconnects_total{reason="send_timeout"}'


async def test_clients_that_never_read_cost_no_memory(api: Process, etl_bus: Bus) -> None:
    """Much more data passes a thousand clients than the ring holds. Then each is disconnected and counted."""
    with clients(api.port), anyio.fail_after(300):
        before = memory(api)
        for first in range(1, 3001, 100):
            await publish(etl_bus, *range(first, first + 100), stars=["x" * 1000] * 20)
        grown = memory(api) - before
        assert grown < 80 * MIB, f"{grown / MIB:.0f} MiB for 60 MB of films, a thousand times"
        while await run_sync(metric, api, TIMED_OUT) < CLIENTS:
            await anyio.sleep(0.1)


async def test_sigterm_ends_a_thousand_streams_cleanly(api: Process, etl_bus: Bus) -> None:
    """All clients get the same complete body with a retry time, and the process exits with 0."""
    with clients(api.port) as streams:
        await publish(etl_bus, 1)
        await run_sync(wait_for_a_film, streams)
        assert api.process
        api.process.terminate()
        bodies = await run_sync(read_to_the_end, streams)
        assert await run_sync(api.process.wait, 60) == 0
    assert len(bodies) == CLIENTS
    assert all(body.endswith(b"-1\nevent: position\ndata: {}\n\n\r\n0\r\n\r\n") for body in bodies)
    assert all(body.count(b"\nretry: ") == 2 and body.count(b"event: movie") == 1 for body in bodies)
    assert len({body.rpartition(b"retry: ")[2] for body in bodies}) > 10
    assert "Traceback" not in api.log.read_text()


async def test_a_film_received_before_the_shutdown_reaches_all_clients(stream_bus: Bus, etl_bus: Bus) -> None:
    """A film that the server received before the shutdown goes also to clients whose turn comes later."""
    async with serving(stream_bus) as api:
        with ExitStack() as opened, anyio.fail_after(60):
            streams = await run_sync(opened.enter_context, clients(int(api.url.rpartition(":")[2])))
            await api.until("clients", CLIENTS, state="live")
            await publish(etl_bus, 1)
            while api.metric("position") < 1:
                await checkpoint()
            api.stop.set()
            bodies = await run_sync(read_to_the_end, streams)
    assert [body.count(b"event: movie") for body in bodies] == [1] * CLIENTS


def wait_for_a_film(streams: list[socket.socket]) -> None:
    """Wait until any client has received a film, before the other clients of the round."""
    while not any(b"event: movie" in stream.recv(4096, socket.MSG_PEEK) for stream in streams):
        time.sleep(0.001)


def read_to_the_end(streams: list[socket.socket]) -> list[bytes]:
    """Return the data of each client when all streams have ended."""
    bodies = dict.fromkeys(streams, b"")
    with selectors.DefaultSelector() as selector:
        for stream in streams:
            stream.setblocking(False)
            selector.register(stream, selectors.EVENT_READ, stream)
        while selector.get_map():
            ready = selector.select(60)
            assert ready, f"{len(selector.get_map())} streams do not end"
            for key, _ in ready:
                if data := key.data.recv(1 << 16):
                    bodies[key.data] += data
                else:
                    selector.unregister(key.data)
    return list(bodies.values())
