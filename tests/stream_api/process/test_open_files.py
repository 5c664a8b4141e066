"""A process that may open few files, with more clients than that."""

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import anyio
import pytest
from tests.nats_server import NatsServer
from tests.stream_api.films import publish
from tests.stream_api.server_process import Process

from cinestream.bus.jetstream import Bus

pytestmark = pytest.mark.anyio

CLIENTS = 500
STREAM = b"GET /api/movies/stream HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"


@pytest.fixture
def api(topology: NatsServer, tmp_path: Path) -> Iterator[Process]:
    """Run stream-api with 200 open files."""
    process = Process(topology, tmp_path / "stream-api.log", open_files=200)
    process.start()
    yield process
    process.kill()


@contextmanager
def clients(port: int, sent: bytes) -> Iterator[list[socket.socket]]:
    """Open many connections, and send something on each."""
    with ExitStack() as stack:
        found = [stack.enter_context(socket.create_connection(("127.0.0.1", port), 30)) for _ in range(CLIENTS)]
        for client in found:
            with suppress(ConnectionError):  # refused
                client.sendall(sent)
        yield found


def get(port: int, path: str) -> tuple[int, bytes]:
    """Send a request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"Accept": "*/*"})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def check_health(api: Process) -> None:
    """Check that both ports answer, several times."""
    for _ in range(20):
        for port in (api.ops, api.port):
            assert get(port, "/livez") == (200, b'{"status":"alive"}')
            assert json.loads(get(port, "/readyz")[1])["status"] == "ready"
    assert get(api.port, "/")[0] == 200
    assert get(api.port, "/page/app.js")[0] == 200


async def test_health_answers_beside_more_clients_than_files(api: Process, etl_bus: Bus) -> None:
    """Idle connections make room for others. Open streams get the films, and further clients a busy answer."""
    for sent in (b"", b"GET / HTT", b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"):
        with clients(api.port, sent), clients(api.ops, sent):
            await anyio.to_thread.run_sync(check_health, api)
    with clients(api.port, STREAM) as found:
        await anyio.to_thread.run_sync(check_health, api)
        await publish(etl_bus, 1)
        bodies = await anyio.to_thread.run_sync(read_some, found)
        await anyio.to_thread.run_sync(check_health, api)
    streams = sum(b'"id":"tt0000001"' in body for body in bodies)
    busy = sum(b"event: busy" in body for body in bodies)
    assert 50 <= streams <= 100
    assert busy > 10
    assert "Traceback" not in api.log.read_text()
    assert "service.open_files_limited" in api.log.read_text()


def read_some(found: list[socket.socket]) -> list[bytes]:
    """Read from each connection until it has a film, is busy, or was refused."""
    bodies = []
    for client in found:
        body = b""
        with suppress(ConnectionError):
            while b'"id":"tt0000001"' not in body and b"event: busy" not in body and (part := client.recv(65536)):
                body += part
        bodies.append(body)
    return bodies
