"""The process `cinestream-stream-api`: its command line, its shutdown and its crash."""

import os
import re
import socket
import subprocess
import time

import anyio
import httpx2
import pytest
from tests.paths import SCRIPTS
from tests.stream_api.films import publish
from tests.stream_api.server_process import Process
from tests.stream_api.sse import Reader, events, take

from cinestream.bus.jetstream import Bus

pytestmark = pytest.mark.anyio
COMMAND = str(SCRIPTS / "cinestream-stream-api")


async def test_sigterm_ends_the_streams_before_the_server(api: Process, etl_bus: Bus) -> None:
    """Each client gets a complete body that ends with a retry time, and the process exits with 0."""
    await publish(etl_bus, 1)
    bodies: list[Reader] = []

    async def read(client: httpx2.AsyncClient, *, task_status: anyio.abc.TaskStatus[None]) -> None:
        reader = Reader()
        async with client.stream("GET", "/api/movies/stream?replay=1") as response:
            async for chunk in response.aiter_raw():  # raises when the body is incomplete
                if any(event.name == "live" for event in reader.feed(chunk)):
                    task_status.started()
        bodies.append(reader)

    limits = httpx2.Limits(max_connections=None)
    async with (
        httpx2.AsyncClient(base_url=api.url, timeout=60, limits=limits) as client,
        anyio.create_task_group() as group,
    ):
        for _ in range(50):
            await group.start(read, client)
        code = await anyio.to_thread.run_sync(api.terminate)
    assert code == 0, api.log.read_text()
    assert len(bodies) == 50
    assert {reader.last_id for reader in bodies} == {bodies[0].last_id}
    assert all(50 <= (reader.retry or 0) <= 150 for reader in bodies)
    assert "Traceback" not in api.log.read_text()


async def test_a_client_that_does_not_read_does_not_delay_the_shutdown(api: Process, etl_bus: Bus) -> None:
    """A client whose buffers are full is disconnected long before its send timeout."""
    with socket.create_connection(("127.0.0.1", api.port)) as lazy:
        lazy.sendall(b"GET /api/movies/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        lazy.recv(10)
        await publish(etl_bus, *range(1, 101), stars=["x" * 1000] * 200)
        started = time.monotonic()
        assert await anyio.to_thread.run_sync(api.terminate) == 0
        assert time.monotonic() - started < 20


async def test_a_client_survives_a_crash(api: Process, etl_bus: Bus) -> None:
    """A client that resumes by its last id after a kill and a restart has each film once, in order."""
    log: list[int] = []
    last = ""

    async def follow() -> None:
        nonlocal last
        async with httpx2.AsyncClient(base_url=api.url, timeout=60) as client:
            while log[-1:] != [90]:
                try:
                    headers = {"Last-Event-ID": last} if last else {}
                    reader = Reader()
                    async with client.stream("GET", "/api/movies/stream?replay=9", headers=headers) as response:
                        async for chunk in response.aiter_raw():
                            for event in reader.feed(chunk):
                                last = event.id
                                if event.name == "movie":
                                    log.append(event.sequence)
                            if log[-1:] == [90]:
                                return
                except httpx2.HTTPError:
                    await anyio.sleep(0.01)

    with anyio.fail_after(120):
        async with anyio.create_task_group() as group:
            group.start_soon(follow)
            for round in range(3):
                await publish(etl_bus, *range(round * 30 + 1, round * 30 + 21))
                while round == 0 and not log:
                    await anyio.sleep(0.005)
                api.kill()
                await publish(etl_bus, *range(round * 30 + 21, round * 30 + 31))
                await anyio.to_thread.run_sync(api.start)
    assert log == list(range(log[0], 91))


async def test_metrics_are_on_the_ops_port(api: Process, etl_bus: Bus) -> None:
    """The ops port has the metrics of a display: received films, open streams and deliveries."""
    async with (
        httpx2.AsyncClient(timeout=60) as client,
        client.stream("GET", f"{api.url}/api/movies/stream") as response,
    ):
        stream = events(response.aiter_raw())
        await take(stream, 1)
        await publish(etl_bus, 1)
        await take(stream, 1)
        text = (await client.get(f"http://127.0.0.1:{api.ops}/metrics")).text
    assert 'cinestream_stream_clients{state="live"} 1.0' in text
    assert re.search(r'cinestream_stream_events_total\{source="(live|history)"\} 1.0', text)


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run(
        [COMMAND, *arguments], env=os.environ | environment, capture_output=True, text=True, timeout=90, check=False
    )


@pytest.mark.process
def test_a_taken_port_is_reported_at_once() -> None:
    """One sentence names the setting, even though NATS is missing too."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run(CINESTREAM_STREAM_PORT=str(taken.getsockname()[1]), CINESTREAM_NATS_URL="nats://127.0.0.1:1")
    assert done.returncode == 1
    assert "CINESTREAM_STREAM_PORT" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.process
def test_the_effective_settings_can_be_shown() -> None:
    """`--check` prints them with masked secrets. Invalid settings are refused with the names of their variables."""
    secrets = {"CINESTREAM_NATS_PASSWORD": "hush", "CINESTREAM_OPS_TOKEN": "hush"}
    done = run("--check", CINESTREAM_STREAM_CORS_ORIGINS="https://a, https://b", **secrets)
    assert done.returncode == 0
    assert "CINESTREAM_STREAM_PORT=3000" in done.stdout
    assert "CINESTREAM_OPS_PORT=9103" in done.stdout
    assert "https://b" in done.stdout
    assert "hush" not in done.stdout
    wrong = run("--check", CINESTREAM_STREAM_RING_EVENTS="few")
    assert wrong.returncode == 2
    assert "CINESTREAM_STREAM_RING_EVENTS" in wrong.stderr


@pytest.mark.process
def test_help_describes_the_command() -> None:
    """`--help` exits with 0."""
    done = run("--help")
    assert done.returncode == 0
    assert "Server-Sent Events" in done.stdout
