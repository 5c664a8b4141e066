"""The lifecycle of a service, as a process: waiting, ready, degraded, ended."""

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

from cinestream.commands.declare import TopologySettings, declare

pytestmark = pytest.mark.anyio
TINY = Path(__file__).with_name("tiny_service.py")


class Tiny:
    """A running tiny service."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process, self.port = process, port

    def get(self, path: str) -> tuple[int, Any]:
        """Ask an ops endpoint; status 0 while nobody listens."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            text = answer.read().decode()
            return answer.status, json.loads(text) if text.startswith("{") else text
        except OSError:
            return 0, None
        finally:
            connection.close()

    def wait(self, path: str, condition: Callable[[int, Any], bool]) -> Any:
        """Ask until the answer fits."""
        deadline = time.monotonic() + 60
        while not condition(*(answer := self.get(path))):
            assert time.monotonic() < deadline, answer
            assert self.process.poll() is None, self.process.communicate()
            time.sleep(0.005)
        return answer[1]


@contextmanager
def tiny(nats: NatsServer, *arguments: str, **environment: str) -> Iterator[Tiny]:
    """A tiny service, killed at the end if it still runs."""
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


async def test_it_waits_for_bus_and_topology_and_then_is_ready(nats: NatsServer) -> None:
    """Started first of all, it is alive, says what it waits for, and is ready once that is there."""
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


async def test_what_is_wrong_but_bearable_is_a_200_with_reasons(topology: NatsServer) -> None:
    """A degraded service stays ready and says why it is degraded."""
    with tiny(topology, "degraded") as service:
        answer = service.wait("/readyz", lambda status, _: status == 200)
        assert answer["degraded"] == ["the site is paused"]
        assert "# HELP" in service.get("/metrics")[1]


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT])
async def test_it_drains_and_exits_0(topology: NatsServer, sig: signal.Signals) -> None:
    """On SIGTERM or SIGINT its work gets to end, and the exit code is 0."""
    with tiny(topology) as service:
        service.wait("/readyz", lambda status, _: status == 200)
        service.process.send_signal(sig)
        _, errors = service.process.communicate(timeout=60)
    assert service.process.returncode == 0
    assert "tiny.drained" in errors
    assert "Traceback" not in errors


async def test_it_ends_at_once_while_it_still_waits_for_the_bus(nats: NatsServer) -> None:
    """A service that never got its bus exits 0 on SIGTERM."""
    nats.kill()
    with tiny(nats) as service:
        service.wait("/livez", lambda status, _: status == 200)
        service.process.send_signal(signal.SIGTERM)
        _, errors = service.process.communicate(timeout=60)
    assert service.process.returncode == 0, errors


async def test_a_taken_ops_port_names_its_setting(nats: NatsServer) -> None:
    """One sentence, no traceback, exit code 1."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        with tiny(nats, CINESTREAM_OPS_PORT=port) as service:
            _, errors = service.process.communicate(timeout=60)
    assert service.process.returncode == 1
    assert "CINESTREAM_OPS_PORT" in errors
    assert "Traceback" not in errors


async def test_all_bad_settings_are_named_at_once(nats: NatsServer) -> None:
    """Each fault names its variable; a secret's value is not printed."""
    with tiny(nats, CINESTREAM_NATS_URL="http://x", CINESTREAM_LOG_FORMAT="xml", CINESTREAM_OPS_PORT="0") as service:
        _, errors = service.process.communicate(timeout=60)
    assert service.process.returncode == 2
    for name in ("CINESTREAM_NATS_URL", "CINESTREAM_LOG_FORMAT", "CINESTREAM_OPS_PORT"):
        assert name in errors
    assert nats.passwords["etl"] not in errors
    assert "Traceback" not in errors


async def test_the_environment_goes_before_the_file(nats: NatsServer, tmp_path: Path) -> None:
    """A TOML file gives defaults; a fault in it is named like one in the environment."""
    file = tmp_path / "cinestream.toml"
    file.write_text('log_format = "xml"\nlog_level = "loud"\n')
    with tiny(nats, CINESTREAM_CONFIG=str(file), CINESTREAM_LOG_FORMAT="json") as service:
        _, errors = service.process.communicate(timeout=60)
    assert service.process.returncode == 2
    assert "CINESTREAM_LOG_LEVEL" in errors
    assert "CINESTREAM_LOG_FORMAT" not in errors
