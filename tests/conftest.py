"""Fixtures and hooks of all tests.

Tests use real parts: a nats-server with the configuration of `make run` for each test that needs one, a real
browser, real HTTP. `tests.needs` adds the mark `nats`, and refuses processes in tests without a mark. `tests.scheduler`
spreads tests over pytest-xdist's workers.
"""

import logging
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from inspect import unwrap
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from tests import needs
from tests.nats_server import NatsServer
from tests.paths import ROOT
from tests.scheduler import Scheduler

from cinestream.bus.jetstream import Bus, deliveries, requests
from cinestream.bus.jetstream.requests import Requests
from cinestream.runtime.connected import connected
from cinestream.runtime.variables import unknown_variables

# A shell that starts the tests in the background lets them ignore Ctrl-C, and so every command that they start.
for _signal, _handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGQUIT, signal.SIG_DFL)):
    if signal.getsignal(_signal) is signal.SIG_IGN:
        signal.signal(_signal, _handler)

EXAMPLES = int(os.environ.get("CINESTREAM_EXAMPLES", "0"))
"""Number of random examples of each property. With 0, every run tries the same 60 examples."""

# Commands look for a local run there. No test may find the one that a developer has started in this directory.
os.environ["CINESTREAM_DATA_DIR"] = f"{os.devnull}/no-run"

# The same examples each time: a failure comes from the change under test, not from chance.
# No deadline, because a busy machine says nothing about the code.
settings.register_profile(
    "cinestream",
    max_examples=EXAMPLES or 60,
    derandomize=not EXAMPLES,
    database=None,
    print_blob=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("cinestream")


def pytest_configure() -> None:
    """Refuse a misspelt variable, as every command does."""
    if unknown := [*unknown_variables(os.environ)]:
        pytest.exit("\n".join(unknown), returncode=2)


# First, because `-m` reads the marks in the same hook.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Add the mark `nats` to tests that use the fixture `nats`, and put the slow tests first.

    The marks `browser`, `e2e` and `process` are written by hand.
    """
    for item in items:
        needs.mark(item)
    items.sort(key=needs.order)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Run a fast test and its fixtures with a guard against processes."""
    if not needs.is_fast(item):
        return (yield)
    with needs.no_processes(item.nodeid):
        return (yield)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduler:
    """Spread the tests over the workers of pytest-xdist, heavy ones to one of them."""
    return Scheduler(config, log)


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """Run asynchronous tests on the event loop of the services."""
    return "asyncio", {"use_uvloop": True}


@pytest.fixture(autouse=True)
def log_handlers() -> Iterator[None]:
    """Restore the log handlers after the test.

    A command that runs inside of the test replaces them, and would keep the test's closed stderr.
    """
    root = logging.getLogger()
    handlers = root.handlers[:]
    yield
    root.handlers[:] = handlers


@pytest.fixture(scope="session")
def samples() -> Path:
    """Return the folder of real pages. Skip the test if there is none."""
    path = Path(os.environ.get("CINESTREAM_SAMPLES", ROOT.parent / "shared"))
    if not (path / "imdb-pages").is_dir():
        pytest.skip(f"no real pages at {path} (set CINESTREAM_SAMPLES)")
    return path


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return a function that shortens the waits for an absent NATS, 5 and 10 s, to half a second each."""

    def shorten() -> None:
        for function, parameter in ((connected, "timeout"), (Requests.request, "wait"), (Bus.request, "wait")):
            monkeypatch.setitem(unwrap(function).__kwdefaults__, parameter, 0.5)
        monkeypatch.setattr(requests, "RESPONSE_TIMEOUT", 0.5)
        monkeypatch.setattr(deliveries, "_RESPONSE_TIMEOUT", 0.5)

    return shorten


@pytest.fixture
def nats(tmp_path: Path) -> Iterator[NatsServer]:
    """Start an empty nats-server for this test alone, which takes about 20 ms."""
    store = tmp_path / "nats"
    store.mkdir()
    server = NatsServer(store)
    server.start()
    yield server
    server.kill()


@pytest.fixture
async def topology(nats: NatsServer) -> NatsServer:
    """Declare the project's streams, consumers and buckets on the nats-server."""
    await nats.declare_topology()
    return nats


@pytest.fixture
async def scraper_bus(topology: NatsServer) -> AsyncIterator[Bus]:
    """Connect with the permissions of the scraper."""
    bus = await topology.connect("scraper")
    yield bus
    await bus.close()


@pytest.fixture
async def etl_bus(topology: NatsServer) -> AsyncIterator[Bus]:
    """Connect with the permissions of etl."""
    bus = await topology.connect("etl")
    yield bus
    await bus.close()


@pytest.fixture
async def stream_bus(topology: NatsServer) -> AsyncIterator[Bus]:
    """Connect with the permissions of stream-api."""
    bus = await topology.connect("stream-api")
    yield bus
    await bus.close()
