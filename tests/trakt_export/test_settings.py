"""The settings of the exporter: their sources, their names, and invalid values."""

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
    """Write a settings file."""
    path = tmp_path / "trakt.toml"
    path.write_text(FILE)
    monkeypatch.setenv("CINESTREAM_TRAKT_CONFIG", str(path))
    return path


def test_the_environment_overrides_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file overrides the defaults. Durations have units."""
    monkeypatch.setenv("CINESTREAM_TRAKT_RETRY__MAX_ATTEMPTS", "9")
    settings = load_settings()
    assert (settings.retry.max_attempts, settings.api.client_id) == (9, "from the file")
    assert (settings.api.performance.request_timeout, settings.api.performance.idle_timeout) == (60, 0.25)
    assert settings.worker_pool.size == 10


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ("[api]\nurls = 1", "api.urls in {file}: there is no such setting. Did you mean api.url?"),
        ("[cash]\nx = 1", "cash in {file}: there is no such setting. Did you mean cache?"),
        (
            "[streaming.backpressure]\nstrategy = 'pray'",
            "streaming.backpressure.strategy in {file}: expected one of slow_down",
        ),
        ("[streaming]\nmemory_limit = 'much'", "streaming.memory_limit in {file}: expected a size like 100MB"),
        ("[api.cache]\nsize = 1", "cache.size: there is no such setting"),
        ("[retry]\nmax_delay = 'soon'", "retry.max_delay"),
        ("[api", "CINESTREAM_TRAKT_CONFIG: {file} is not TOML"),
        ("[retry]\nretry_on = ['rain']", "retry.retry_on in {file}: expected one of network, timeout, server"),
        ("retry = 3", "retry in {file}: expected a section with keys"),
    ],
)
def test_invalid_settings_are_named(file: Path, capsys: pytest.CaptureFixture[str], wrong: str, text: str) -> None:
    """Unknown keys are errors. The exit code is 2."""
    file.write_text(wrong)
    with pytest.raises(SystemExit, match="2"):
        load_settings()
    assert text.format(file=file) in capsys.readouterr().err


def test_a_secret_is_never_shown(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither JSON nor `repr` shows it."""
    monkeypatch.setenv("CINESTREAM_TRAKT_API__CLIENT_SECRET", "hush")
    assert "hush" not in load_settings().model_dump_json() + repr(load_settings())


def test_sections_and_keys_have_alternative_names(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment overrides the file for these names, too."""
    file.write_text(
        "[api.cache]\nttl = '1h'\ncapacity = 7\n[streaming]\nparallel_stages = 5\nmemory_limit = '64MiB'\n"
        "[profiling]\npprof_port = 7070\n"
    )
    monkeypatch.setenv("CINESTREAM_TRAKT_API__CACHE__CAPACITY", "8")
    settings = load_settings()
    assert (settings.cache.ttl, settings.cache.capacity) == (3600, 8)
    assert (settings.streaming.max_concurrent_stages, settings.streaming.memory_limit) == (5, 64 * 1024 * 1024)
    assert settings.profiling.port == 7070
    file.write_text("[cache]\nttl = '2h'\n")
    assert load_settings().cache.ttl == 7200


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("RETRIES__MAX_ATTEMPTS", "RETRY__MAX_ATTEMPTS"),
        ("RETRY__MAX_ATEMPTS", "RETRY__MAX_ATTEMPTS"),
        ("RETRI", "RETRY"),
    ],
)
def test_an_unknown_variable_is_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], variable: str, meant: str
) -> None:
    """A typing error is not silently ignored, and the nearest name is shown."""
    monkeypatch.setenv(f"CINESTREAM_TRAKT_{variable}", "1")
    with pytest.raises(SystemExit, match="2"):
        load_settings()
    error = capsys.readouterr().err
    prefix = "CINESTREAM_TRAKT_"
    assert error == f"{prefix}{variable}: there is no such setting. Did you mean {prefix}{meant}?\n"


def test_a_section_that_is_no_json_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The variable of a whole section holds JSON."""
    monkeypatch.setenv("CINESTREAM_TRAKT_RETRY", "often")
    with pytest.raises(SystemExit, match="2"):
        load_settings()
    assert capsys.readouterr().err == 'CINESTREAM_TRAKT_RETRY: expected JSON like {"key": "value"}\n'


def test_faults_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list in a variable is written as in all other settings. JSON is read as well."""
    for text in ("network, timeout", '["network", "timeout"]'):
        monkeypatch.setenv("CINESTREAM_TRAKT_RETRY__RETRY_ON", text)
        assert load_settings().retry.retry_on == {"network", "timeout"}
