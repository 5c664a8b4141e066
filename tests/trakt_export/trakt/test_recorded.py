"""Exports of recorded responses of Trakt."""

import json
from pathlib import Path

import pytest
from tests.trakt_export.conftest import command
from tests.trakt_export.server import FakeTrakt, Item

from cinestream_trakt_export.letterboxd.verify import verify_folder
from cinestream_trakt_export.settings import TraktSettings


@pytest.fixture
def recorded(samples: Path) -> Path:
    """Return the folder of the recorded responses."""
    folder = samples / "trakt" / "recorded_2026"
    if not folder.is_dir():
        pytest.skip(f"no recorded answers at {folder}")
    return folder


def items(path: Path) -> list[Item]:
    """Return the items of a recorded list."""
    return list(json.loads(path.read_text())["response"]["body"])


@pytest.mark.parametrize(
    "library",
    [
        ("watched", "/sync/watched/movies", "users_jemus42_watched_movies__200.json"),
        ("watched", "/sync/watched/movies", "users_sean_watched_movies__304.json"),
        ("history", "/sync/history/movies", "users_jemus42_history_movies_limit_10__200.json"),
        ("collection", "/sync/collection/movies", "users_jemus42_collection_movies__200.json"),
        ("ratings", "/sync/ratings/movies", "users_jemus42_ratings_movies_limit_2__200.json"),
        ("watchlist", "/sync/watchlist/movies", "users_sean_watchlist_movies__200.json"),
    ],
)
def test_a_recorded_library_is_exported(
    trakt: FakeTrakt, settings: TraktSettings, recorded: Path, tmp_path: Path, library: tuple[str, str, str]
) -> None:
    """Every item is a row or skipped with a reason, also with ETags. The files have no faults."""
    kind, path, name = library
    trakt.lists[path], trakt.etags = items(recorded / name), "bare"
    for _ in range(2):
        result = command(settings, "export", kind, "--out", str(tmp_path / "out"))
        assert result.returncode == 0, result.stderr
    rows, faults = verify_folder(tmp_path / "out")
    skipped = (tmp_path / "out" / "skipped.csv").read_text().count("\n") - 1
    films = {json.dumps(item["movie"]["ids"].get("tmdb") or item["movie"]) for item in trakt.lists[path]}
    assert (rows >= len(films) - skipped, faults) == (True, [])


def test_recorded_details_are_read(trakt: FakeTrakt, settings: TraktSettings, recorded: Path) -> None:
    """The recorded film is read at both levels of detail."""
    for name in ("movies_deadpool_2016__200.json", "movies_deadpool_2016_extended_full__200.json"):
        trakt.details["deadpool-2016"] = json.loads((recorded / name).read_text())["response"]["body"]
        variables = {"CINESTREAM_TRAKT_CACHE__ENABLED": "false"}
        result = command(settings, "details", "deadpool-2016", variables=variables)
        assert json.loads(result.stdout)["movie"]["ids"]["tmdb"] == 293660
