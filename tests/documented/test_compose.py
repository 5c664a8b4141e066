"""The documented commands on the stack of docker compose. `tools/compose-smoke.sh` starts it and runs this file."""

import os
from pathlib import Path

import pytest
from tests.documented.check import failures
from tests.documented.commands import documented
from tests.documented.compose_checks import COMPOSE
from tests.documented.pipeline import composed
from tests.documented.stream_checks import STREAM

STARTED = pytest.mark.skipif("COMPOSE_SMOKE" not in os.environ, reason="tools/compose-smoke.sh starts the stack")
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600), STARTED]


def test_every_documented_command_works_with_compose(tmp_path: Path) -> None:
    """Requests to the stream, and the commands of docker compose, do what the documents say."""
    known = {command.text for command in documented()}
    with composed(tmp_path) as pipeline:
        found = [*failures({**STREAM, **COMPOSE}, pipeline, known)]
    assert not found, "\n\n".join(found)
