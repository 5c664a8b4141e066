"""Exports from Trakt's own export of an account, which need no network."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.trakt_export.conftest import command
from tests.trakt_export.server import FakeTrakt, movie, play

from cinestream_trakt_export.letterboxd.verify import verify_folder
from cinestream_trakt_export.settings import TraktSettings

SHOW = {"title": "A Series", "ids": {"trakt": 1}}
EPISODE = {
    "id": 90,
    "watched_at": "2026-07-01T22:30:00.000Z",
    "type": "episode",
    "episode": {"season": 1, "number": 1},
    "show": SHOW,
}
SEASON = {"number": 1, "episodes": [{"number": 1, "plays": 3, "last_watched_at": "2026-07-01T22:30:00.000Z"}]}
PLAYS = [play(n, movie(n % 40 + 1), f"2026-{n % 12 + 1:02}-11T23:30:00.000Z") for n in range(300, 0, -1)]
RATINGS = [
    {"rated_at": "2026-06-01T00:00:00.000Z", "rating": n % 10 + 1, "type": "movie", "movie": movie(n)}
    for n in range(1, 30)
]


def zipped(path: Path, files: Mapping[str, Any]) -> Path:
    """Write a zip of files. Text is stored as it is, and any other content as JSON."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content if isinstance(content, str) else json.dumps(content))
    return path


def parts(**others: Any) -> dict[str, Any]:
    """Return the files of an archive whose history lacks part 3."""
    watched = {item["movie"]["ids"]["trakt"]: item["movie"] for item in PLAYS}
    return {
        "export/user/user-settings.json": {"account": {"timezone": "Europe/Berlin"}},
        "export/watched/watched-history-1.json": [*PLAYS[:100], EPISODE],
        "export/watched/watched-history-2.json": PLAYS[100:290],
        "export/watched/watched-history-10.json": [],
        "export/watched/watched-movies.json": [{"plays": 1, "movie": film} for film in watched.values()],
        "export/watched/watched-shows.json": [{"plays": 3, "show": SHOW, "seasons": [SEASON]}],
        "export/ratings/ratings-movies.json": RATINGS,
        "export/ratings/ratings-episodes.json": [
            {"rating": 8, "type": "episode", "episode": {"season": 1, "number": 1}, "show": SHOW},
            {"rating": 8, "type": "episode", "episode": {"season": 1, "number": 1}, "show": {}},
        ],
        "export/lists/lists-watchlist.json": [{"id": 1, "type": "movie", "movie": movie(7)}, {"type": "show"}],
        "export/collection/collection-movies.json": [{"collected_at": "2026-01-01T00:00:00.000Z", "movie": movie(8)}],
    } | others


def whole() -> dict[str, Any]:
    """Return the files of a complete archive, with parts 1 to 3 of the history."""
    files = parts()
    del files["export/watched/watched-history-10.json"]
    return {**files, "export/watched/watched-history-3.json": PLAYS[290:]}


def exported(settings: TraktSettings, archive: Path, out: Path, *more: str) -> tuple[int, str]:
    """Export everything from an archive. Return the exit code and stderr."""
    result = command(settings, "export", "all", "--from-archive", str(archive), "--out", str(out), *more)
    return result.returncode, result.stderr


def test_it_gives_the_files_that_the_api_gives(trakt: FakeTrakt, settings: TraktSettings, tmp_path: Path) -> None:
    """History and ratings are the same bytes as from the API, and no request is sent."""
    trakt.lists = {"/sync/history/movies": PLAYS, "/sync/ratings/movies": RATINGS}
    for kind in ("history", "ratings"):
        assert command(settings, "export", kind, "--out", str(tmp_path / "api")).returncode == 0
    trakt.log.clear()
    assert exported(settings, zipped(tmp_path / "a.zip", whole()), tmp_path / "zip") == (0, "")
    assert not trakt.log
    for name in ("history-001.csv", "ratings-001.csv"):
        assert (tmp_path / "zip" / name).read_bytes() == (tmp_path / "api" / name).read_bytes()
    assert (tmp_path / "zip" / "watchlist-001.csv").read_text().splitlines()[1:] == ["7,tt0000007,Film 7,1907,"]
    assert verify_folder(tmp_path / "zip")[1] == []


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (parts(), "lacks files of /sync/history/movies"),  # 1, 2, 10
        ({**whole(), "export/watched/watched-history-3.json": []}, "is not complete"),
        ({**whole(), "export/watched/watched-history-3.json": "[{"}, "cannot be read"),
        ({"readme.txt": "nothing"}, "time zone"),
    ],
)
def test_an_incomplete_archive_is_refused(
    settings: TraktSettings, tmp_path: Path, files: dict[str, Any], reason: str
) -> None:
    """A missing part, films without a play, broken JSON and a foreign zip are errors, and no file is written."""
    films = {item["movie"]["ids"]["trakt"] for item in PLAYS[:290]}
    assert len(films) == 40
    if reason == "is not complete":
        files = {**files, "export/watched/watched-movies.json": [{"plays": 1, "movie": movie(999)}]}
    code, errors = exported(settings, zipped(tmp_path / "a.zip", files), tmp_path / "out")
    assert code == 1
    assert reason in errors
    assert not (tmp_path / "out" / "history-001.csv").exists()


@pytest.mark.parametrize("mode", ["aggregated", "individual"])
def test_series_are_read_from_it(settings: TraktSettings, tmp_path: Path, mode: str) -> None:
    """Episodes come from the watched series or from the history. A list that the archive lacks is empty."""
    archive = zipped(tmp_path / "a.zip", whole())
    assert exported(settings, archive, tmp_path / "out", "--mode", mode) == (0, "")
    rows = (tmp_path / "out" / "shows-001.csv").read_text().splitlines()[1:]
    rated = ["A Series,,,,,1,1,,,,,8", "A Series,,,,,1,1,,1,2026-07-02,,"]
    assert rows == (rated if mode == "individual" else ["A Series,,,,,1,1,,3,2026-07-02,,8"])
    assert "neither an id nor a title" in (tmp_path / "out" / "skipped.csv").read_text()
    assert verify_folder(tmp_path / "out")[1] == []


def test_a_file_that_is_no_archive_is_refused(settings: TraktSettings, tmp_path: Path) -> None:
    """The error is one sentence without a traceback."""
    (tmp_path / "a.zip").write_text("hello")
    code, errors = exported(settings, tmp_path / "a.zip", tmp_path / "out")
    assert code == 1
    assert "cannot be read" in errors
    assert "Traceback" not in errors


def test_an_option_that_an_archive_ignores_is_refused(settings: TraktSettings, tmp_path: Path) -> None:
    """A filter by genre needs the API."""
    code, errors = exported(settings, zipped(tmp_path / "a.zip", whole()), tmp_path / "out", "--genre", "drama")
    assert code == 2
    assert "--genre" in errors


def test_a_time_zone_may_be_given(settings: TraktSettings, tmp_path: Path) -> None:
    """The option overrides the time zone of the archive."""
    archive = zipped(tmp_path / "a.zip", whole())
    assert exported(settings, archive, tmp_path / "out", "--time-zone", "America/New_York") == (0, "")
    assert "2026-01-11" in (tmp_path / "out" / "history-001.csv").read_text()
    assert "2026-01-12" not in (tmp_path / "out" / "history-001.csv").read_text()
