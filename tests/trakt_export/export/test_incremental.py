"""Incremental exports, which leave files alone when nothing has changed at Trakt."""

from pathlib import Path

import pytest
from tests.trakt_export.conftest import command
from tests.trakt_export.server import FakeTrakt, movie

from cinestream_trakt_export.settings import TraktSettings


@pytest.fixture
def exported(trakt: FakeTrakt, settings: TraktSettings, tmp_path: Path) -> FakeTrakt:
    """Create an account with ratings, and export it once."""
    trakt.lists["/sync/ratings/movies"] = [{"rating": 5, "type": "movie", "movie": movie(1)}]
    result = command(settings, "export", "all", "--incremental", "--out", str(tmp_path))
    assert result.returncode == 0, result.stderr
    trakt.log.clear()
    trakt.gets = 0
    return trakt


def again(settings: TraktSettings, folder: Path) -> str:
    """Export once more and return stdout."""
    result = command(settings, "export", "all", "--incremental", "--out", str(folder))
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_nothing_new_costs_two_requests(exported: FakeTrakt, settings: TraktSettings, tmp_path: Path) -> None:
    """The requests are the account and the times of the last changes. No file is written."""
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.glob("*.csv")}
    assert again(settings, tmp_path).count("unchanged") == 6
    assert exported.gets == 2
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.glob("*.csv")} == before


def test_changed_lists_are_exported(exported: FakeTrakt, settings: TraktSettings, tmp_path: Path) -> None:
    """A change of any list of films exports all lists of films. The series are left alone."""
    exported.lists["/sync/ratings/movies"].append({"rating": 6, "type": "movie", "movie": movie(2)})
    exported.activities["movies"]["rated_at"] = "2026-01-02T00:00:00.000Z"
    assert again(settings, tmp_path).count("unchanged") == 1
    assert len((tmp_path / "ratings-001.csv").read_text().splitlines()) == 3


def test_missing_and_edited_files_are_written_again(
    exported: FakeTrakt, settings: TraktSettings, tmp_path: Path
) -> None:
    """Only the lists of these files are read again."""
    content = (tmp_path / "ratings-001.csv").read_bytes()
    (tmp_path / "ratings-001.csv").unlink()
    (tmp_path / "watchlist-001.csv").write_text("edited")
    assert again(settings, tmp_path).count("unchanged") == 4
    assert (tmp_path / "ratings-001.csv").read_bytes() == content
    assert (tmp_path / "watchlist-001.csv").read_text() != "edited"
    assert not [line for line in exported.log if "collection" in line or "history" in line]


def test_another_folder_is_another_export(exported: FakeTrakt, settings: TraktSettings, tmp_path: Path) -> None:
    """An export to another folder writes all its files."""
    assert "unchanged" not in again(settings, tmp_path / "other")
