"""The lines of the log."""

import logging
from collections.abc import Iterator
from typing import Literal

import pytest
import structlog

from cinestream.runtime.logs import configure_logs


@pytest.fixture(autouse=True)
def unchanged_logs() -> Iterator[None]:
    """Undo the configuration after the test."""
    root = logging.getLogger()
    handlers, level, config = root.handlers, root.level, structlog.get_config()
    yield
    root.handlers, root.level = handlers, level
    structlog.configure(**config)


@pytest.mark.parametrize("format", ["console", "json"])
def test_a_traceback_shows_no_variables(format: Literal["console", "json"], capsys: pytest.CaptureFixture[str]) -> None:
    """They may be tokens or passwords, and to format them may take longer than all other work."""
    configure_logs(format, "info", service="test")
    token = "-".join(("not", "for", "the", "log"))
    try:
        raise ValueError(len(token))
    except ValueError:
        structlog.get_logger("test").exception("work.failed")
        logging.getLogger("library").exception("Exception in ASGI application")
    written = capsys.readouterr().err
    assert written.count("test_a_traceback_shows_no_variables") == 2
    assert ("ValueError" in written, token in written) == (True, False)
