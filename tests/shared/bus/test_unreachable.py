"""Reasons why NATS cannot be reached. Each one is named at once, with its cure."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import anyio
import pytest
import structlog
import trustme
from anyio.abc import SocketAttribute, SocketStream
from tests.nats_server import NatsServer
from tests.paths import SCRIPTS
from tests.ports import free_port

from cinestream.bus.jetstream import Bus
from cinestream.bus.jetstream.connection import NatsConnection
from cinestream.contracts import Transient

pytestmark = pytest.mark.anyio


@pytest.fixture
def authority() -> trustme.CA:
    """Return an authority that issues certificates."""
    return trustme.CA()


@pytest.fixture
def tls_port(tmp_path: Path, authority: trustme.CA) -> Iterator[int]:
    """Start a nats-server that requires TLS, with a certificate for localhost. Yield its port."""
    certificate = tmp_path / "certificate.pem"
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(certificate)
    port = free_port()
    config = tmp_path / "tls.conf"
    config.write_text(f'listen: "127.0.0.1:{port}"\ntls {{ cert_file: "{certificate}", key_file: "{certificate}" }}\n')
    process = subprocess.Popen([SCRIPTS / "nats-server", "-c", config], stderr=subprocess.PIPE, text=True)
    assert process.stderr
    for line in process.stderr:
        if "Server is ready" in line:
            break
    yield port
    process.kill()
    process.communicate()


async def reason(url: str, user: str = "", password: str = "") -> str:
    """Return the reason why a command cannot connect. It is found in a fraction of the time limit."""
    started = time.monotonic()
    with pytest.raises(Transient) as error:
        await Bus.connect(url, name="test", user=user, password=password, timeout=60)
    assert time.monotonic() - started < 30
    return str(error.value)


async def test_a_server_that_does_not_run_is_reported_at_once() -> None:
    """The message says how to start it. The password in an address is not shown."""
    port = free_port()
    cure = "start it with make run or cinestream run, or set CINESTREAM_NATS_URL"
    assert await reason(f"nats://127.0.0.1:{port}") == f"no NATS at nats://127.0.0.1:{port}: {cure}"
    assert await reason(f"nats://me:hush@localhost:{port}") == f"no NATS at nats://***@localhost:{port}: {cure}"


async def test_an_unknown_host_is_reported_at_once() -> None:
    """The message names the host."""
    assert "there is no host nats.invalid. Set CINESTREAM_NATS_URL" in await reason("nats://nats.invalid:4222")


async def test_a_password_is_not_sent_without_tls(nats: NatsServer) -> None:
    """An address with tls:// refuses a server that does not encrypt."""
    url = nats.url.replace("nats:", "tls:")
    text = f"NATS at {url} does not use TLS: set CINESTREAM_NATS_URL to nats://…"
    assert await reason(url, "etl", nats.passwords["etl"]) == text


@pytest.mark.nats
async def test_a_certificate_that_is_not_valid_is_reported_at_once(
    tls_port: int, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cure depends on the reason: an unknown authority, or another name."""
    unknown = await reason(f"nats://localhost:{tls_port}")
    assert "is not valid (" in unknown
    assert "): set SSL_CERT_FILE" in unknown
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    assert "is for another name (IP address mismatch" in await reason(f"tls://127.0.0.1:{tls_port}")
    bus = await Bus.connect(f"tls://localhost:{tls_port}", name="test", timeout=60)
    await bus.close()


async def test_an_address_of_no_server_is_reported_at_once() -> None:
    """A port that cannot exist is not waited for."""
    assert "is not an address: set CINESTREAM_NATS_URL like nats://127.0.0.1:4222" in await reason("nats://a:99999")


@pytest.mark.parametrize("first", [b"x" * 100_000, b"INFO [1]\r\n", b"INFO {\r\n", b"\x1b[31m\r\n"])
async def test_another_server_is_named(first: bytes) -> None:
    """A server that sends something else than NATS does is no bug of the command."""

    async def greet(connection: SocketStream) -> None:
        async with connection:
            with suppress(anyio.BrokenResourceError, anyio.EndOfStream):
                await connection.send(first)
                await connection.receive()

    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener, anyio.create_task_group() as group:
        group.start_soon(listener.serve, greet)
        url = f"nats://127.0.0.1:{listener.extra(SocketAttribute.local_port)}"
        with pytest.raises(Transient, match=r"is not the address of a NATS server|json parse error"):
            await Bus.connect(url, name="test", timeout=1)
        group.cancel_scope.cancel()


async def test_a_service_waits_and_logs_the_reason_once(nats: NatsServer) -> None:
    """The reason is logged at the first attempt, and the service connects when the server is there."""
    nats.kill()
    connection = NatsConnection(nats.url, name="test", user="etl", password=nats.passwords["etl"])
    with structlog.testing.capture_logs() as logs:
        async with anyio.create_task_group() as group:
            group.start_soon(connection.open, None)
            while not logs:
                await anyio.sleep(0.01)
            nats.start()
    assert connection.connected
    (line,) = [line for line in logs if line["event"] == "bus.unreachable"]
    assert line["reason"].startswith(f"no NATS at {nats.url}: start it")
    await connection.close()
