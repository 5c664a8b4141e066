"""Every command of README and docs does what its document says, on a pipeline that `make run` started."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from tests.documented.check import Checks, failures, prints
from tests.documented.commands import documented
from tests.documented.pages_checks import LAST, LETTERS, PAGES
from tests.documented.pipeline import Pipeline, made_run
from tests.documented.stream_checks import OPERATOR, STREAM, TOKENS, with_tokens
from tests.documented.trakt_checks import TRAKT, with_trakt

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


def _is_running(pipeline: Pipeline, text: str) -> None:
    assert pipeline.get("/api/movies")["movies"], text


def _writes_secrets(pipeline: Pipeline, text: str) -> None:
    pipeline.run(text)
    assert (pipeline.folder / ".env").read_text().count("CINESTREAM_NATS_PASSWORD_") == 6


MAKE: Checks = {
    "make run": _is_running,
    'make run TARGETS="chart:top tt0111161"': _is_running,
    "make help": prints("enqueue", "TARGETS"),
    "make secrets": _writes_secrets,
    "openssl rand -hex 32": prints(),
    "cinestream-demo-site --help": prints("--latency-ms", PATH="path"),
    ".venv/bin/cinestream doctor": prints("✓"),
}
WALKS: list[Checks] = [{**MAKE, **STREAM, **OPERATOR}, {**LETTERS, **PAGES}]
"""Checks that run at the same time. Those of a walk run one after the other."""


def walk(
    checks: Checks, pipeline: Pipeline, known: set[str], around: AbstractContextManager[Pipeline] | None = None
) -> list[str]:
    """Return the failures of a walk. `around` changes the pipeline for it."""
    if around is None:
        return list(failures(checks, pipeline, known))
    with around as changed:
        return list(failures(checks, changed, known))


def test_every_documented_command_works(tmp_path: Path) -> None:
    """Each command runs in a reader's shell without any preparation, and its effect is checked."""
    known = {command.text for command in documented()}
    with made_run(tmp_path) as pipeline, ThreadPoolExecutor(4) as pool:
        pipeline.values["path"] = f"{tmp_path}/.venv/bin:{pipeline.environment['PATH']}"
        walks = [pool.submit(walk, checks, pipeline, known) for checks in WALKS]
        walks.append(pool.submit(walk, TOKENS, pipeline, known, with_tokens(pipeline)))
        walks.append(pool.submit(walk, TRAKT, pipeline, known, with_trakt(pipeline)))
        found = [failure for each in walks for failure in each.result()]
        found += failures(LAST, pipeline, known)
    assert not found, "\n\n".join(found)
