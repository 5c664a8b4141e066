"""The parent of a single worker: the port stays bound, signals reach the worker, and neither outlives the other."""

import os
import signal
from contextlib import suppress
from pathlib import Path

import anyio
import anyio.to_thread
import httpx2
import pytest
from tests.stream_api.films import publish
from tests.stream_api.process.test_workers import Client, command, until
from tests.stream_api.server_process import Process
from tests.stream_api.serving import STREAM
from tests.stream_api.sse import events, take

from cinestream.bus.jetstream import Bus

pytestmark = pytest.mark.anyio


@pytest.fixture
def api_environment() -> dict[str, str]:
    """Return settings with a drain that no test waits for."""
    return {"CINESTREAM_STREAM_DRAIN_SECONDS": "60"}


def worker(api: Process) -> int | None:
    """Return the worker process, or None while there is none."""
    assert api.process
    with suppress(ValueError):
        [pid] = Path(f"/proc/{api.process.pid}/task/{api.process.pid}/children").read_text().split()
        return int(pid)
    return None


async def test_the_port_stays_bound_while_a_worker_is_replaced(api: Process, etl_bus: Bus) -> None:
    """Connections wait for the next worker instead of being refused, and no client misses a film."""
    killed, client = worker(api), Client(api.url)
    assert killed
    connected: list[int] = []

    async def connect() -> None:
        while True:
            async with await anyio.connect_tcp("127.0.0.1", api.port) as stream:  # raises when it is refused
                await stream.send(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                with suppress(anyio.BrokenResourceError, anyio.EndOfStream):  # the worker that died had accepted it
                    connected.append(len(await stream.receive()))

    async with anyio.create_task_group() as group:
        group.start_soon(client.follow)
        group.start_soon(connect)
        await until(lambda: client.last)
        await publish(etl_bus, 1)
        await until(lambda: client.ids)
        os.kill(killed, signal.SIGKILL)
        await publish(etl_bus, 2)
        await until(lambda: len(client.ids) == 2)
        served = len(connected)
        await until(lambda: len(connected) > served)
        group.cancel_scope.cancel()
    assert worker(api) not in (None, killed)
    assert [int(id.rpartition("-")[2]) for id in client.ids] == [1, 2]
    assert "worker.died" in api.log.read_text()


async def test_a_worker_does_not_outlive_its_parent(api: Process) -> None:
    """After kill -9 of the parent the same port serves again at once, although it was just in use."""
    left = worker(api)
    async with httpx2.AsyncClient(timeout=60) as client, client.stream("GET", api.url + STREAM) as response:
        await take(events(response.aiter_raw()), 1)
        await anyio.to_thread.run_sync(api.kill)
        await anyio.to_thread.run_sync(api.start)
    assert left
    await until(lambda: not command(left))


async def test_a_drain_is_not_ready_and_a_second_signal_ends_it(api: Process) -> None:
    """/readyz of both ports is 503 before the streams end. The second SIGTERM ends all of them with closing blocks."""
    bodies: list[bytes] = []

    async def read(*, task_status: anyio.abc.TaskStatus[None]) -> None:
        body = b""
        async with httpx2.AsyncClient(timeout=60) as client, client.stream("GET", api.url + STREAM) as response:
            async for chunk in response.aiter_raw():  # raises when the body is incomplete
                body += chunk
                if body.count(b"retry") == 1:
                    task_status.started()
        bodies.append(body)

    assert api.process
    async with anyio.create_task_group() as group, httpx2.AsyncClient(timeout=60) as client:
        for _ in range(10):
            await group.start(read)
        api.process.terminate()
        await until(lambda: bodies)
        for port in (api.port, api.ops):
            answer = await client.get(f"http://127.0.0.1:{port}/readyz")
            assert (answer.status_code, answer.json()["reason"]) == (503, "stopping")
        assert len(bodies) < 10
        assert await anyio.to_thread.run_sync(api.terminate) == 0, api.log.read_text()
    assert [body.count(b"retry") for body in bodies] == [2] * 10
    assert "Traceback" not in api.log.read_text()


async def test_metrics_include_those_of_the_process(api: Process) -> None:
    """One worker's metrics are complete: its own and those that Python and the system give."""
    async with httpx2.AsyncClient(timeout=60) as client:
        text = (await client.get(f"http://127.0.0.1:{api.ops}/metrics")).text
    gauge = 'cinestream_stream_clients{state="live"}'
    for name in ("process_resident_memory_bytes", "python_gc_collections_total", gauge):
        assert name in text
