"""Fixtures of the tests with software of other projects."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.nats_server import NatsServer
from tests.stream_api.server_process import Process


@pytest.fixture
def api(topology: NatsServer, tmp_path: Path) -> Iterator[Process]:
    """Run stream-api as a process that sends a heartbeat five times a second."""
    process = Process(topology, tmp_path / "stream-api.log", settings={"CINESTREAM_STREAM_HEARTBEAT": "0.2"})
    process.start()
    yield process
    process.kill()
