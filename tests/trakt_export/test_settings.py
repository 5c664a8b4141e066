"""What the exporter can be told, and what it refuses."""

from pathlib import Path

import pytest

from cinestream_trakt_export.settings import load_settings

FILE = """
[api]
client_id = "from the file"
[api.performance]
request_timeout = "1m"
idle_timeout = "250ms"
[retry]
max_attempts = 3
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of settings."""
    path = tmp_path / "trakt.toml"
    path.write_text(FILE)
    monkeypatch.setenv("CINESTREAM_TRAKT_CONFIG", str(path))
    return path


def test_the_environment_goes_before_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the file before the defaults; durations have units."""
    monkeypatch.setenv("CINESTREAM_TRAKT_RETRY__MAX_ATTEMPTS", "9")
    settings = load_settings()
    assert (settings.retry.max_attempts, settings.api.client_id) == (9, "from the file")
    assert (settings.api.performance.request_timeout, settings.api.performance.idle_timeout) == (60, 0.25)
    assert settings.worker_pool.size == 4


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("[api]\nurls = 1", "api.urls: Extra"),
        ("[cash]\nx = 1", "cash: Extra"),
        ("[retry]\nmax_delay = 'soon'", "retry.max_delay"),
        ("[api", "settings:"),
    ],
)
def test_what_is_wrong_is_named(file: Path, capsys: pytest.CaptureFixture[str], wrong: str, says: str) -> None:
    """Unknown keys are errors; the exit code is 2."""
    file.write_text(wrong)
    with pytest.raises(SystemExit, match="2"):
        load_settings()
    assert says in capsys.readouterr().err


def test_a_secret_is_never_shown(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in what `settings` prints nor anywhere else."""
    monkeypatch.setenv("CINESTREAM_TRAKT_API__CLIENT_SECRET", "hush")
    assert "hush" not in load_settings().model_dump_json() + repr(load_settings())
