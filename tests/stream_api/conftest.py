"""Fixtures of the tests of stream-api."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from tests.nats_server import NatsServer
from tests.stream_api.browser import open_browser
from tests.stream_api.server_process import Process


@pytest.fixture
def api_environment() -> dict[str, str]:
    """Return settings of the process `api`, as environment variables. Override this fixture in a test module."""
    return {}


@pytest.fixture
def api(topology: NatsServer, tmp_path: Path, api_environment: dict[str, str]) -> Iterator[Process]:
    """Run stream-api as a process."""
    process = Process(topology, tmp_path / "stream-api.log", settings=api_environment)
    process.start()
    yield process
    process.kill()


@pytest.fixture
def browser() -> Iterator[webdriver.Chrome]:
    """Open a headless browser that records its console."""
    with open_browser() as browser:
        yield browser
