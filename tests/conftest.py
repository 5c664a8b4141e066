"""Fixtures for all tests: real parts only. A nats-server per test module, with the users of deploy/nats.conf."""

import logging
import os
import secrets
import socket
import subprocess
import sysconfig
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from cinestream.bus.declare import TopologySettings, declare
from cinestream.bus.jetstream import Bus

EXAMPLES = int(os.environ.get("CINESTREAM_EXAMPLES", "0"))  # of a hunt: so many of each property, others each time

# Without a hunt a property has the same examples each time: what fails was broken by the change that is tested.
# The machine may be busy: how long an example takes says nothing.
settings.register_profile(
    "cinestream",
    max_examples=EXAMPLES or 100,
    derandomize=not EXAMPLES,
    database=None,
    print_blob=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("cinestream")

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = Path(sysconfig.get_path("scripts"))
USERS = ("topology", "scraper", "etl", "stream-api", "trakt-export", "takedown")


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """Asynchronous tests run on the loop that the services run on."""
    return "asyncio", {"use_uvloop": True}


@pytest.fixture(autouse=True)
def log_handlers() -> Iterator[None]:
    """A command that a test runs in this process takes over the log, and would keep the test's closed stderr."""
    root = logging.getLogger()
    handlers = root.handlers[:]
    yield
    root.handlers[:] = handlers


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of real material; a test that needs it is skipped where it is absent."""
    path = Path(os.environ.get("CINESTREAM_SAMPLES", ROOT.parent / "shared"))
    if not (path / "imdb-pages").is_dir():
        pytest.skip(f"no real pages at {path} (set CINESTREAM_SAMPLES)")
    return path


_given: set[int] = set()  # a port that is free may be that of a server that a test starts later, or again


def free_port(consecutive: int = 1) -> int:
    """The first of so many ports that nothing listens on, and that no other test was given.

    They are below those that systems give to connections, which would take them first.
    """
    while True:
        first = 20_000 + secrets.randbelow(12_000 - consecutive)
        ports = range(first, first + consecutive)
        if _given.isdisjoint(ports) and all(map(_is_free, ports)):
            _given.update(ports)
            return first


def _is_free(port: int) -> bool:
    with socket.socket() as sock, suppress(OSError):
        sock.bind(("127.0.0.1", port))
        return True
    return False


@dataclass
class NatsServer:
    """A real nats-server with the project's own configuration; it can be killed and started again."""

    store: Path
    port: int = field(default_factory=free_port)
    monitor: int = field(default_factory=free_port)
    passwords: dict[str, str] = field(default_factory=lambda: {user: f"p{secrets.token_hex(8)}" for user in USERS})
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"nats://127.0.0.1:{self.port}"

    def environment(self, user: str) -> dict[str, str]:
        """The settings with which a service reaches this server."""
        return {
            "CINESTREAM_NATS_URL": self.url,
            "CINESTREAM_NATS_USER": user,
            "CINESTREAM_NATS_PASSWORD": self.passwords[user],
        }

    def start(self) -> None:
        """Start it, and wait until it accepts connections."""
        environment = {
            "CINESTREAM_NATS_LISTEN": f"127.0.0.1:{self.port}",
            "CINESTREAM_NATS_MONITOR": f"127.0.0.1:{self.monitor}",
            "CINESTREAM_NATS_STORE": str(self.store),
        } | {f"CINESTREAM_NATS_PASSWORD_{u.upper().replace('-', '_')}": p for u, p in self.passwords.items()}
        log = (self.store / "nats.log").open("ab")
        command = [str(SCRIPTS / "nats-server"), "-c", str(ROOT / "deploy/nats.conf")]
        self.process = subprocess.Popen(command, env=os.environ | environment, stdout=log, stderr=log)
        log.close()
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
                return
            except OSError:
                time.sleep(0.005)
        raise RuntimeError((self.store / "nats.log").read_text())

    def kill(self) -> None:
        """End it as a power cut would."""
        if self.process:
            self.process.kill()
            self.process.wait()

    async def connect(self, user: str) -> Bus:
        """A connection with that user's permissions."""
        return await Bus.connect(self.url, name=f"test-{user}", user=user, password=self.passwords[user])


@pytest.fixture
def nats(tmp_path: Path) -> Iterator[NatsServer]:
    """A running nats-server, empty."""
    store = tmp_path / "nats"
    store.mkdir()
    server = NatsServer(store)
    server.start()
    yield server
    server.kill()


@pytest.fixture
async def topology(nats: NatsServer, monkeypatch: pytest.MonkeyPatch) -> NatsServer:
    """A running nats-server with the project's topology declared."""
    bus = await nats.connect("topology")
    await declare(bus, TopologySettings())
    await bus.close()
    return nats


@pytest.fixture
async def scraper_bus(topology: NatsServer) -> AsyncIterator[Bus]:
    """A connection with the scraper's permissions."""
    bus = await topology.connect("scraper")
    yield bus
    await bus.close()


@pytest.fixture
async def etl_bus(topology: NatsServer) -> AsyncIterator[Bus]:
    """A connection with etl's permissions."""
    bus = await topology.connect("etl")
    yield bus
    await bus.close()


@pytest.fixture
async def stream_bus(topology: NatsServer) -> AsyncIterator[Bus]:
    """A connection with stream-api's permissions."""
    bus = await topology.connect("stream-api")
    yield bus
    await bus.close()
