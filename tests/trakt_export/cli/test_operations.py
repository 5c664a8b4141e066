"""Interrupted exports are listed, resumed with their own options, and never confused."""

import os
import signal
import time
from pathlib import Path

import pytest
from tests.trakt_export.conftest import command, environment
from tests.trakt_export.forked import Forked
from tests.trakt_export.server import FakeTrakt, movie, serving

from cinestream_flow.checkpoint import Checkpoint
from cinestream_trakt_export.settings import TraktSettings


@pytest.fixture
def killed(trakt: FakeTrakt, settings: TraktSettings, tmp_path: Path) -> FakeTrakt:
    """Kill an export of ratings when it requests page 3 of 5."""
    trakt.max_page_size = 10
    trakt.lists["/sync/ratings/movies"] = [
        {"rated_at": "2026-01-01T12:00:00.000Z", "rating": 5, "type": "movie", "movie": movie(n)} for n in range(1, 51)
    ]

    def kill(account: FakeTrakt, path: str, number: int) -> None:
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
def test_an_interrupted_export_is_listed_and_resumed(
    killed: FakeTrakt, settings: TraktSettings, tmp_path: Path
) -> None:
    """The list shows its progress. The resumed export reads only the missing pages."""
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
def test_other_options_are_refused(killed: FakeTrakt, settings: TraktSettings, tmp_path: Path) -> None:
    """Pages of another request do not fit. `--restart` deletes them."""
    arguments = ["export", "ratings", "--out", str(tmp_path / "out")]
    refused = command(settings, *arguments)
    assert refused.returncode == 1
    assert "2025-01-01" in refused.stderr
    assert "--restart" in refused.stderr
    assert not (tmp_path / "out").exists()
    assert command(settings, *arguments, "--restart").returncode == 0
    assert len(killed.pages()) == 5


@pytest.mark.process
def test_another_account_is_refused(killed: FakeTrakt, settings: TraktSettings) -> None:
    """The next account does not get the files of the previous one."""
    killed.settings["user"]["ids"]["slug"] = "bob"
    resumed = command(settings, "resume")
    assert "belongs to ann, not to bob" in resumed.stderr
    assert (resumed.returncode, resumed.stdout) == (1, "")
    assert not killed.pages()


@pytest.mark.process
def test_another_trakt_is_refused(killed: FakeTrakt, settings: TraktSettings) -> None:
    """The same account name on another server is another library. The checkpoint stays."""
    with serving(FakeTrakt()) as other:
        resumed = command(settings, "resume", variables={"CINESTREAM_TRAKT_API__URL": other.url})
        assert f"belongs to {killed.url}, not to {other.url}" in resumed.stderr
        assert (resumed.returncode, other.pages()) == (1, [])
    assert len([*settings.checkpoints.dir.glob("*.checkpoint")]) == 1


@pytest.mark.process
def test_an_interrupted_export_can_be_deleted(killed: FakeTrakt, settings: TraktSettings) -> None:
    """An unknown name is an error."""
    (path,) = settings.checkpoints.dir.glob("*.checkpoint")
    assert command(settings, "operations", "--forget", "nothing").returncode == 1
    assert command(settings, "operations", "--forget", path.stem).returncode == 0
    assert command(settings, "operations").stdout == "Nothing was interrupted.\n"


@pytest.mark.process
def test_a_damaged_checkpoint_is_refused(killed: FakeTrakt, settings: TraktSettings, tmp_path: Path) -> None:
    """`operations` shows the damage too, and nothing is written."""
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


def test_a_preview_shows_rows_and_writes_nothing(trakt: FakeTrakt, settings: TraktSettings, tmp_path: Path) -> None:
    """The rows are those of the file."""
    trakt.lists["/sync/watchlist/movies"] = [{"id": n, "type": "movie", "movie": movie(n)} for n in range(1, 31)]
    shown = command(settings, "export", "watchlist", "--preview", "--out", str(tmp_path / "out"))
    assert shown.returncode == 0, shown.stderr
    assert "tmdbID" in shown.stdout
    assert "Film 10 " in shown.stdout
    assert "Film 11 " not in shown.stdout
    assert not (tmp_path / "out").exists()
    assert not [*settings.checkpoints.dir.glob("watchlist*")]


@pytest.mark.process
def test_a_resumed_export_is_never_the_oldest(killed: FakeTrakt, settings: TraktSettings, tmp_path: Path) -> None:
    """Beyond `max_checkpoints` another checkpoint is deleted, so no page is read again."""
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
