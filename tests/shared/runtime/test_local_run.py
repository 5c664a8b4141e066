"""Settings that a command takes from the local run in its directory."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from cinestream.commands.streams import TopologySettings
from cinestream.runtime.local_run import LocalRun
from cinestream.runtime.settings import BusSettings, bus_settings_of, load_settings
from cinestream_etl.settings import EtlSettings
from cinestream_scraper.settings import ScraperSettings, StatusSettings
from cinestream_stream_api.settings import StreamSettings

USERS = ("topology", "scraper", "etl", "stream-api", "trakt-export", "takedown")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalRun]:
    """Return a local run whose data directory commands look into."""
    for name in ("URL", "USER", "PASSWORD"):
        monkeypatch.delenv(f"CINESTREAM_NATS_{name}", raising=False)
    monkeypatch.setenv("CINESTREAM_DATA_DIR", str(tmp_path))
    run = LocalRun(
        pid=os.getpid(),
        started_at="2026-11-21T08:00:00Z",
        nats_url="nats://127.0.0.1:4999",
        passwords={user: f"password of {user}" for user in USERS},
        ops={"scraper": "http://127.0.0.1:9801"},
        stream_url="http://localhost:3999",
        site="http://127.0.0.1:8999",
    )
    with run.published(tmp_path):
        yield run


@pytest.mark.parametrize(
    ("settings", "user"),
    [
        (ScraperSettings, "scraper"),
        (EtlSettings, "etl"),
        (StreamSettings, "stream-api"),
        (TopologySettings, "topology"),
        *((bus_settings_of(user), user) for user in ("etl", "scraper", "takedown", "trakt-export")),
    ],
)
@pytest.mark.usefixtures("run")
def test_a_command_logs_in_to_the_run_as_its_own_user(settings: type[BusSettings], user: str) -> None:
    """Address, user and password are those of the run, and the user is the one with the command's permissions."""
    loaded = load_settings(settings)
    assert loaded.nats_url == "nats://127.0.0.1:4999"
    assert (loaded.nats_user, loaded.nats_password.get_secret_value()) == (user, f"password of {user}")


@pytest.mark.usefixtures("run")
def test_a_setting_of_nats_turns_the_run_off(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A command that has an address, from the environment or the file, never sends a password of the run there."""
    with monkeypatch.context() as environment:
        environment.setenv("CINESTREAM_NATS_URL", "nats://example.org:4222")
        loaded = load_settings(ScraperSettings)
    assert (loaded.nats_user, loaded.nats_password.get_secret_value()) == ("", "")
    assert loaded.imdb_url == "http://127.0.0.1:8080"
    (tmp_path / "settings.toml").write_text('nats_user = "etl"\n')
    monkeypatch.setenv("CINESTREAM_CONFIG", str(tmp_path / "settings.toml"))
    of_file = load_settings(EtlSettings)
    assert (of_file.nats_url, of_file.nats_password.get_secret_value()) == ("nats://127.0.0.1:4222", "")


def test_the_address_of_the_run_needs_no_login(run: LocalRun, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell in which the address was set for `make run` gets the login too."""
    monkeypatch.setenv("CINESTREAM_NATS_URL", run.nats_url)
    assert load_settings(EtlSettings).nats_user == "etl"


@pytest.mark.usefixtures("run")
def test_the_run_is_found_where_the_file_of_settings_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`data_dir` in the TOML file is that of the run and of the commands."""
    monkeypatch.delenv("CINESTREAM_DATA_DIR")
    (tmp_path / "settings.toml").write_text(f'data_dir = "{tmp_path}"\n')
    monkeypatch.setenv("CINESTREAM_CONFIG", str(tmp_path / "settings.toml"))
    assert load_settings(EtlSettings).nats_user == "etl"


@pytest.mark.usefixtures("run")
def test_the_scrapers_commands_know_site_and_ops_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """`scrape` reads the site of the run, `status` asks its scraper, and a setting of either comes first."""
    assert load_settings(StatusSettings).ops_port == 9801
    assert load_settings(ScraperSettings).ops_port == 9101
    assert load_settings(StatusSettings).imdb_url == "http://127.0.0.1:8999"
    monkeypatch.setenv("CINESTREAM_IMDB_URL", "https://www.imdb.com")
    assert load_settings(StatusSettings).imdb_url == "https://www.imdb.com"


def test_a_run_that_was_killed_is_ignored(run: LocalRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file that a killed run left behind gives no settings."""
    (tmp_path / "killed").mkdir()
    (tmp_path / "killed" / "run.json").write_text(json.dumps(asdict(run)))
    monkeypatch.setenv("CINESTREAM_DATA_DIR", str(tmp_path / "killed"))
    loaded = load_settings(EtlSettings)
    assert (loaded.nats_url, loaded.nats_user) == ("nats://127.0.0.1:4222", "")
