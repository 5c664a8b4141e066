"""Exports that were interrupted: found, finished as they were begun, and never mistaken for others."""

import os
import signal
import time
from pathlib import Path

import pytest
from tests.trakt_export.conftest import command, environment
from tests.trakt_export.forked import Forked
from tests.trakt_export.server import Account, movie, serving

from cinestream_flow.checkpoint import Checkpoint
from cinestream_trakt_export.settings import TraktSettings


@pytest.fixture
def killed(trakt: Account, settings: TraktSettings, tmp_path: Path) -> Account:
    """An account whose export of ratings was killed when page 3 of 5 was asked for."""
    trakt.max_page_size = 10
    trakt.lists["/sync/ratings/movies"] = [
        {"rated_at": "2026-01-01T12:00:00.000Z", "rating": 5, "type": "movie", "movie": movie(n)} for n in range(1, 51)
    ]

    def kill(account: Account, path: str, number: int) -> None:
        if number == 3:
            process.kill()

    trakt.on_page = kill
    variables = environment(settings) | {"CINESTREAM_TRAKT_WORKER_POOL__SIZE": "1"}
    arguments = ["export", "ratings", "--since", "2025-01-01", "--out", str(tmp_path / "out")]
    process = Forked(arguments, variables, tmp_path / "log")
    assert process.wait() == -signal.SIGKILL, process.errors
    while not trakt.log[-1].startswith("/sync/ratings/movies?page=3"):  # the server has not noticed the end yet
        time.sleep(0.001)
    trakt.on_page = lambda account, path, number: None
    trakt.log.clear()
    return trakt


@pytest.mark.process
def test_it_is_listed_and_finished(killed: Account, settings: TraktSettings, tmp_path: Path) -> None:
    """What, how far, since when, what came last; then with its own folder and options, reading only what is missing."""
    listed = command(settings, "operations")
    assert listed.returncode == 0
    assert "ratings-" in listed.stdout
    assert "2 / 5" in listed.stdout
    assert "page 2 of /sync/ratings/movies" in listed.stdout
    resumed = command(settings, "resume")
    assert resumed.returncode == 0, resumed.stderr
    assert len((tmp_path / "out" / "ratings-001.csv").read_text().splitlines()) == 51
    assert sorted(killed.pages()) == [f"/sync/ratings/movies?page={n}&limit=10" for n in (3, 4, 5)]
    assert command(settings, "operations").stdout == "Nothing was interrupted.\n"
    assert command(settings, "resume").stdout == "Nothing was interrupted.\n"


@pytest.mark.process
def test_other_options_are_refused_with_the_cure(killed: Account, settings: TraktSettings, tmp_path: Path) -> None:
    """Pages that were read for one question are no answer to another; beginning anew is said explicitly."""
    arguments = ["export", "ratings", "--out", str(tmp_path / "out")]
    refused = command(settings, *arguments)
    assert refused.returncode == 1
    assert "2025-01-01" in refused.stderr
    assert "--restart" in refused.stderr
    assert not (tmp_path / "out").exists()
    assert command(settings, *arguments, "--restart").returncode == 0
    assert len(killed.pages()) == 5


@pytest.mark.process
def test_another_account_is_refused(killed: Account, settings: TraktSettings) -> None:
    """Whoever logs in next does not get the files of the one before."""
    killed.settings["user"]["ids"]["slug"] = "bob"
    resumed = command(settings, "resume")
    assert "belongs to ann, not to bob" in resumed.stderr
    assert (resumed.returncode, resumed.stdout) == (1, "")
    assert not killed.pages()


@pytest.mark.process
def test_another_trakt_is_refused(killed: Account, settings: TraktSettings) -> None:
    """The same name there is not the same library: nothing is begun anew, and the checkpoint stays."""
    with serving(Account()) as other:
        resumed = command(settings, "resume", variables={"CINESTREAM_TRAKT_API__URL": other.url})
        assert f"belongs to {killed.url}, not to {other.url}" in resumed.stderr
        assert (resumed.returncode, other.pages()) == (1, [])
    assert len([*settings.checkpoints.dir.glob("*.checkpoint")]) == 1


@pytest.mark.process
def test_it_can_be_forgotten(killed: Account, settings: TraktSettings) -> None:
    """By its name; a wrong name is an error."""
    (path,) = settings.checkpoints.dir.glob("*.checkpoint")
    assert command(settings, "operations", "--forget", "nothing").returncode == 1
    assert command(settings, "operations", "--forget", path.stem).returncode == 0
    assert command(settings, "operations").stdout == "Nothing was interrupted.\n"


@pytest.mark.process
def test_damage_is_refused_with_the_reason(killed: Account, settings: TraktSettings, tmp_path: Path) -> None:
    """And said by `operations` as well; nothing is written from it."""
    (path,) = settings.checkpoints.dir.glob("*.checkpoint")
    path.with_name(path.name + "-wal").unlink(missing_ok=True)
    path.write_bytes(b"not what it was, and as long as the header of a real one" * 100)
    arguments = ["export", "ratings", "--since", "2025-01-01", "--out", str(tmp_path / "out")]
    refused = command(settings, *arguments)
    assert refused.returncode == 1
    assert "damaged" in refused.stderr
    assert "damaged" in command(settings, "operations").stdout
    resumed = command(settings, "resume")
    assert (resumed.returncode, "damaged" in resumed.stderr, resumed.stdout) == (1, True, "")
    assert command(settings, *arguments, "--restart").returncode == 0


def test_a_preview_shows_rows_and_writes_nothing(trakt: Account, settings: TraktSettings, tmp_path: Path) -> None:
    """The first rows as they would be written, by column."""
    trakt.lists["/sync/watchlist/movies"] = [{"id": n, "type": "movie", "movie": movie(n)} for n in range(1, 31)]
    shown = command(settings, "export", "watchlist", "--preview", "--out", str(tmp_path / "out"))
    assert shown.returncode == 0, shown.stderr
    assert "tmdbID" in shown.stdout
    assert "Film 10 " in shown.stdout
    assert "Film 11 " not in shown.stdout
    assert not (tmp_path / "out").exists()
    assert not [*settings.checkpoints.dir.glob("watchlist*")]


@pytest.mark.process
def test_an_export_that_goes_on_is_not_removed_for_newer_ones(
    killed: Account, settings: TraktSettings, tmp_path: Path
) -> None:
    """Of more than `max_checkpoints` another one goes: no page that was read is asked for again."""
    (path,) = settings.checkpoints.dir.glob("*.checkpoint")
    os.utime(path, (1_000_000, 1_000_000))
    newer = path.with_name("watchlist-0123456789ab.checkpoint")
    with Checkpoint(newer, {"account": "ann"}):
        pass
    one = {"CINESTREAM_TRAKT_CHECKPOINTS__MAX_CHECKPOINTS": "1"}
    arguments = "export", "ratings", "--since", "2025-01-01", "--out", str(tmp_path / "out")
    assert command(settings, *arguments, variables=one).returncode == 0
    assert sorted(killed.pages()) == [f"/sync/ratings/movies?page={n}&limit=10" for n in (3, 4, 5)]
    assert not newer.exists()
