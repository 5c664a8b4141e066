"""Exports of series and episodes."""

import json
from pathlib import Path

import pytest
from tests.trakt_export.conftest import command
from tests.trakt_export.server import FakeTrakt, Item

from cinestream_trakt_export.letterboxd.diary import IDENTITY
from cinestream_trakt_export.letterboxd.verify import verify_folder
from cinestream_trakt_export.settings import TraktSettings


def show(number: int, title: str) -> Item:
    """Return a series."""
    ids = {"trakt": number, "tmdb": number, "imdb": f"tt{number:07}", "tvdb": 90 + number}
    return {"title": title, "year": 2008, "ids": ids}


def episode(season: int, number: int) -> Item:
    """Return an episode."""
    return {"season": season, "number": number, "title": f"{season}-{number}", "ids": {"trakt": 1000 * season + number}}


@pytest.fixture
def library(trakt: FakeTrakt) -> FakeTrakt:
    """Create a library of two series, one watched and rated, and one only collected."""
    first, second = show(1, 'A "Series"'), show(2, "Another, Series")
    watched = [
        {"number": 1, "plays": 2, "last_watched_at": "2026-07-01T22:30:00.000Z"},
        {"number": 2, "plays": 1, "last_watched_at": "1970-01-01T00:33:00.000Z"},
    ]
    trakt.lists = {
        "/sync/watched/shows": [{"plays": 3, "show": first, "seasons": [{"number": 1, "episodes": watched}]}],
        "/sync/history/episodes": [
            {"id": 8, "watched_at": "2026-07-01T22:30:00.000Z", "episode": episode(1, 1), "show": first},
            {"id": 7, "watched_at": "2026-01-01T12:00:00.000Z", "episode": episode(1, 1), "show": first},
        ],
        "/sync/collection/shows": [
            {
                "last_collected_at": "2026-01-01T12:00:00.000Z",
                "show": second,
                "seasons": [{"number": 3, "episodes": [{"number": 4, "collected_at": "2026-01-01T12:00:00.000Z"}]}],
            },
            {"show": {"year": 2008}},
        ],
        "/sync/ratings/shows": [{"rating": 9, "rated_at": "2026-01-01T12:00:00.000Z", "show": first}],
        "/sync/ratings/episodes": [{"rating": 8, "type": "episode", "episode": episode(1, 1), "show": first}],
    }
    return trakt


def lines(out: Path) -> list[str]:
    """Return the lines of the file."""
    return (out / "shows-001.csv").read_text().splitlines()


def test_a_row_joins_all_lists(library: FakeTrakt, settings: TraktSettings, tmp_path: Path) -> None:
    """An episode has its plays, local days, rating and collection. An unreadable item has its reason."""
    out = tmp_path / "out"
    result = command(settings, "export", "shows", "--out", str(out))
    assert result.returncode == 0, result.stderr
    assert lines(out) == [
        "Series,SeriesYear,SeriesTMDB,SeriesIMDb,SeriesTVDB,Season,Episode,EpisodeTitle,Plays,Watched,Collected,Rated",
        r'"A \"Series\"",2008,1,tt0000001,91,,,,,,,9',
        r'"A \"Series\"",2008,1,tt0000001,91,1,1,1-1,2,2026-07-02,,8',
        r'"A \"Series\"",2008,1,tt0000001,91,1,2,,1,,,',
        '"Another, Series",2008,2,tt0000002,92,3,4,,,,2026-01-01,',
    ]
    assert "neither an id nor a title" in (out / "skipped.csv").read_text()
    assert verify_folder(out) == (4, [])


def test_no_column_is_one_that_letterboxd_imports(library: FakeTrakt, settings: TraktSettings, tmp_path: Path) -> None:
    """An import of the file by mistake adds no film."""
    command(settings, "export", "shows", "--out", str(tmp_path / "out"))
    assert not {*lines(tmp_path / "out")[0].split(",")} & {
        *IDENTITY,
        "WatchedDate",
        "Rating",
        "Rating10",
        "Name",
        "url",
    }


def test_episodes_without_ids_are_told_apart(trakt: FakeTrakt, settings: TraktSettings, tmp_path: Path) -> None:
    """Two ratings of one series are not the same item, though only the series has an id."""
    trakt.lists["/sync/ratings/episodes"] = [
        {"rating": number, "type": "episode", "episode": {"season": 1, "number": number}, "show": show(1, "One")}
        for number in (1, 2)
    ]
    result = command(settings, "export", "shows", "--out", str(tmp_path / "out"))
    assert result.returncode == 0, result.stderr
    assert [line.split(",")[5:] for line in lines(tmp_path / "out")[1:]] == [
        ["1", str(number), "", "", "", "", str(number)] for number in (1, 2)
    ]


def test_a_date_range_limits_the_viewings(library: FakeTrakt, settings: TraktSettings, tmp_path: Path) -> None:
    """The history of episodes is requested by days."""
    days = "--since", "2026-01-01", "--until", "2026-01-31"
    command(settings, "export", "shows", "--mode", "individual", "--out", str(tmp_path / "out"), *days)
    assert [line.split(",")[-3] for line in lines(tmp_path / "out")[1:]] == ["2026-01-01"]


def test_mode_individual_has_a_row_per_viewing(library: FakeTrakt, settings: TraktSettings, tmp_path: Path) -> None:
    """The rows come from the history of episodes."""
    command(settings, "export", "shows", "--mode", "individual", "--out", str(tmp_path / "out"))
    viewings = [line.split(",")[5:10] for line in lines(tmp_path / "out") if line.startswith('"A')]
    assert ["1", "1", "1-1", "1", "2026-01-01"] in viewings
    assert ["1", "1", "1-1", "1", "2026-07-02"] in viewings


def test_recorded_series_are_exported(trakt: FakeTrakt, settings: TraktSettings, samples: Path, tmp_path: Path) -> None:
    """A recorded library has hundreds of series with thousands of episodes on many pages."""
    path = samples / "trakt" / "recorded_2026" / "users_sean_watched_shows__200.json"
    if not path.is_file():
        pytest.skip(f"no recorded answers at {path}")
    trakt.lists["/sync/watched/shows"] = json.loads(path.read_text())["response"]["body"]
    result = command(settings, "export", "shows", "--out", str(tmp_path / "out"))
    assert result.returncode == 0, result.stderr
    rows, faults = verify_folder(tmp_path / "out")
    episodes = {  # Trakt lists some series twice
        (
            *(str(item["show"]["ids"].get(name)) for name in ("tmdb", "imdb", "tvdb")),
            season["number"],
            episode["number"],
        )
        for item in trakt.lists["/sync/watched/shows"]
        for season in item.get("seasons", [])
        for episode in season["episodes"]
    }
    assert len(episodes) > 20_000
    assert (rows, faults) == (len(episodes), [])


@pytest.mark.parametrize("mode", ["aggregated", "individual"])
def test_series_are_filtered_by_genre_and_status(
    library: FakeTrakt, settings: TraktSettings, tmp_path: Path, mode: str
) -> None:
    """Series that the filters refuse are in no row, but still count when the list is checked for completeness."""
    for items in library.lists.values():
        for item in items:
            item["show"] |= {"genres": ["drama" if item["show"].get("title") == "Another, Series" else "crime"]}
    options = "--genre", "Drama", "--mode", mode
    result = command(settings, "export", "shows", "--out", str(tmp_path / "out"), *options)
    assert result.returncode == 0, result.stderr
    assert {line.split(",")[0] for line in lines(tmp_path / "out")[1:]} == {'"Another'}
    assert any("extended=progress,full" in line.replace("%2C", ",") for line in library.requested) is (
        mode == "aggregated"
    )
