"""The lifecycle of a service, tested on a process: waiting, ready, degraded, stopped."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.nats_server import NatsServer
from tests.ports import free_port

from cinestream.commands.streams import TopologySettings, declare

pytestmark = pytest.mark.anyio
TINY = Path(__file__).with_name("tiny_service.py")


class Tiny:
    """A running tiny service."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process, self.port = process, port

    def get(self, path: str) -> tuple[int, Any]:
        """Send a request to an ops endpoint. The status is 0 while the port is closed."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            text = response.read().decode()
            return response.status, json.loads(text) if text.startswith("{") else text
        except OSError:
            return 0, None
        finally:
            connection.close()

    def wait(self, path: str, condition: Callable[[int, Any], bool]) -> Any:
        """Send requests until the response meets a condition, and return its body."""
        deadline = time.monotonic() + 60
        while not condition(*(response := self.get(path))):
            assert time.monotonic() < deadline, response
            assert self.process.poll() is None, self.process.communicate()
            time.sleep(0.005)
        return response[1]


@contextmanager
def tiny(nats: NatsServer, *arguments: str, **environment: str) -> Iterator[Tiny]:
    """Start a tiny service, and kill it at the end of the block."""
    port = free_port()
    settings = nats.environment("etl") | {"CINESTREAM_OPS_PORT": str(port)} | environment
    process = subprocess.Popen(
        [sys.executable, str(TINY), *arguments], env=os.environ | settings, stderr=subprocess.PIPE, text=True
    )
    try:
        yield Tiny(process, port)
    finally:
        process.kill()
        process.communicate()


async def test_service_waits_for_the_bus_and_the_topology(nats: NatsServer) -> None:
    """A service that starts first is alive, names what it waits for, and is ready afterwards."""
    nats.kill()
    with tiny(nats) as service:
        service.wait("/readyz", lambda status, body: status == 503 and body["reason"] == "waiting for the bus")
        assert service.get("/livez")[0] == 200
        nats.start()
        service.wait("/readyz", lambda status, body: status == 503 and body["reason"] == "waiting for the topology")
        bus = await nats.connect("topology")
        await declare(bus, TopologySettings())
        await bus.close()
        assert service.wait("/readyz", lambda status, _: status == 200)["degraded"] == []
        nats.kill()
        service.wait("/readyz", lambda status, body: status == 503 and "disconnected" in body["reason"])
        assert service.get("/livez")[0] == 200
        nats.start()
        service.wait("/readyz", lambda status, _: status == 200)


async def test_degraded_service_is_ready_with_reasons(topology: NatsServer) -> None:
    """A degraded service answers 200 on /readyz and lists the reasons."""
    with tiny(topology, "degraded") as service:
        body = service.wait("/readyz", lambda status, _: status == 200)
        assert body["degraded"] == ["the site is paused"]
        assert "# HELP" in service.get("/metrics")[1]


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT])
async def test_signal_drains_the_service_and_it_exits_with_0(topology: NatsServer, sig: signal.Signals) -> None:
    """After SIGTERM or SIGINT the work is finished, and the exit code is 0."""
    with tiny(topology) as service:
        service.wait("/readyz", lambda status, _: status == 200)
        service.process.send_signal(sig)
        _, errors = service.process.communicate(timeout=60)
    assert service.process.returncode == 0
    assert "tiny.drained" in errors
    assert "Traceback" not in errors


async def test_signal_ends_a_service_that_waits_for_the_bus(nats: NatsServer) -> None:
    """A service that never reached the bus exits with 0 on SIGTERM."""
    nats.kill()
    with tiny(nats) as service:
        service.wait("/livez", lambda status, _: status == 200)
        service.process.send_signal(signal.SIGTERM)
        _, errors = service.process.communicate(timeout=60)
    assert service.process.returncode == 0, errors


async def test_error_of_an_occupied_ops_port_names_the_setting(nats: NatsServer) -> None:
    """The error is one sentence without a traceback, and the exit code is 1."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        with tiny(nats, CINESTREAM_OPS_PORT=port) as service:
            _, errors = service.process.communicate(timeout=60)
    assert service.process.returncode == 1
    assert "CINESTREAM_OPS_PORT" in errors
    assert "Traceback" not in errors


async def test_all_invalid_settings_are_reported_together(nats: NatsServer) -> None:
    """Each error names its variable, and no secret is printed."""
    with tiny(nats, CINESTREAM_NATS_URL="http://x", CINESTREAM_LOG_FORMAT="xml", CINESTREAM_OPS_PORT="0") as service:
        _, errors = service.process.communicate(timeout=60)
    assert service.process.returncode == 2
    for name in ("CINESTREAM_NATS_URL", "CINESTREAM_LOG_FORMAT", "CINESTREAM_OPS_PORT"):
        assert name in errors
    assert nats.passwords["etl"] not in errors
    assert "Traceback" not in errors


async def test_environment_overrides_the_file(nats: NatsServer, tmp_path: Path) -> None:
    """A wrong value in the TOML file is reported by its key, unless the environment overrides it."""
    file = tmp_path / "cinestream.toml"
    file.write_text('log_format = "xml"\nlog_level = "loud"\n')
    with tiny(nats, CINESTREAM_CONFIG=str(file), CINESTREAM_LOG_FORMAT="json") as service:
        _, errors = service.process.communicate(timeout=60)
    assert service.process.returncode == 2
    assert "log_level in" in errors
    assert "log_format" not in errors


async def test_ops_port_refuses_a_foreign_host(topology: NatsServer) -> None:
    """The answer is a 421 that names the setting, and a name in the setting is allowed."""
    with tiny(topology, CINESTREAM_OPS_ALLOWED_HOSTS="etl, films.example") as service:
        service.wait("/readyz", lambda status, _: status == 200)
        for host, status in {"evil.example": 421, "etl:9102": 200, "localhost": 200}.items():
            connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=60)
            connection.request("GET", "/metrics", headers={"Host": host})
            response = connection.getresponse()
            assert response.status == status
            assert (b"CINESTREAM_OPS_ALLOWED_HOSTS" in response.read()) == (status == 421)
            assert response.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
            assert response.headers["Server"] is None
            connection.close()
