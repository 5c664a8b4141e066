"""Fixtures of the tests of `cinestream`."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.nats_server import NatsServer
from tests.stream_api.server_process import Process


@pytest.fixture
def api(topology: NatsServer, tmp_path: Path) -> Iterator[Process]:
    """Run stream-api as a process."""
    process = Process(topology, tmp_path / "stream-api.log")
    process.start()
    yield process
    process.kill()
