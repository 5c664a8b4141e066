"""Fixtures of the exporter's tests: a Trakt server, and settings that reach it."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.main_function import run_main
from tests.ports import free_port
from tests.trakt_export.server import FakeTrakt, serving

from cinestream_trakt_export.__main__ import main
from cinestream_trakt_export.settings import Api, Cache, Checkpoints, Login, Performance, Retry, TraktSettings


@pytest.fixture
def trakt() -> Iterator[FakeTrakt]:
    """Serve an empty Trakt account."""
    with serving(FakeTrakt()) as account:
        yield account


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    """Write the login that the server accepts."""
    path = tmp_path / "token.json"
    token = {"access_token": "access-0", "refresh_token": "refresh-0", "expires_in": 86400, "created_at": 2_000_000_000}
    path.write_text(json.dumps(token))
    return path


@pytest.fixture
def settings(trakt: FakeTrakt, token_file: Path, tmp_path: Path) -> TraktSettings:
    """Return settings that reach the server and retry quickly."""
    return TraktSettings(
        api=Api(
            url=trakt.url,
            auth_url=trakt.url,
            client_id="key",
            performance=Performance(rate_limit_per_sec=1000, request_timeout=60),
        ),
        retry=Retry(max_attempts=6, initial_delay=0.001, max_delay=0.01),
        cache=Cache(dir=tmp_path / "cache"),
        checkpoints=Checkpoints(dir=tmp_path / "checkpoints"),
        login=Login(token_file=token_file),
    )


def environment(settings: TraktSettings) -> dict[str, str]:
    """Return the same settings as environment variables of a command."""
    variables = {
        "API__URL": settings.api.url,
        "API__AUTH_URL": settings.api.auth_url,
        "API__CLIENT_ID": "key",
        "API__PERFORMANCE__RATE_LIMIT_PER_SEC": "1000",
        "RETRY__INITIAL_DELAY": "1ms",
        "RETRY__MAX_DELAY": "10ms",
        "CACHE__DIR": str(settings.cache.dir),
        "CHECKPOINTS__DIR": str(settings.checkpoints.dir),
        "LOGIN__TOKEN_FILE": str(settings.login.token_file),
    }
    ours = {f"CINESTREAM_TRAKT_{name}": value for name, value in variables.items()}
    return os.environ | ours | {"LC_ALL": "C.UTF-8", "CINESTREAM_OPS_PORT": str(free_port())}


def command(
    settings: TraktSettings, *arguments: str, input: str = "", variables: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `cinestream-trakt` in this process, because starting Python would take over a second.

    Args:
        settings: the settings for the environment of the command.
        arguments: the command line.
        input: the text of its standard input.
        variables: more environment variables, which override those of `settings`.
    """
    return run_main(main, ("cinestream-trakt", *arguments), environment(settings) | (variables or {}), input)
