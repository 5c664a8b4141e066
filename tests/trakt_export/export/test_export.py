"""The files that exports write from a library."""

import csv
from datetime import date
from pathlib import Path

import pytest
from tests.trakt_export.conftest import command
from tests.trakt_export.server import FakeTrakt, Item, movie, play

from cinestream_trakt_export.export.run import Incomplete, export
from cinestream_trakt_export.letterboxd.verify import read_records, verify_folder
from cinestream_trakt_export.library.date_range import ALL_DAYS, DateRange
from cinestream_trakt_export.library.request import Request, Summary
from cinestream_trakt_export.settings import TraktSettings
from cinestream_trakt_export.trakt.account import account
from cinestream_trakt_export.trakt.client import connected

pytestmark = pytest.mark.anyio


async def run(
    settings: TraktSettings, kind: str, out: Path, *, mode: str = "auto", date_range: DateRange = ALL_DAYS
) -> Summary:
    """Export one list."""
    async with connected(settings) as client:
        return await export(client, settings, await account(client), Request(kind, out, mode, date_range))


def written(out: Path, kind: str) -> list[str]:
    """Return the lines of the only file."""
    return (out / f"{kind}-001.csv").read_text().splitlines()


async def test_history_has_a_row_a_day_with_rewatches_and_the_rating_on_its_viewing(
    trakt: FakeTrakt, settings: TraktSettings, tmp_path: Path
) -> None:
    """Days are local in summer and in winter, and two plays on a day are one row. A check-in is a play."""
    film, other = movie(1, 'Say "Hi", Bob'), movie(2)
    trakt.lists["/sync/history/movies"] = [
        play(6, film, "2026-07-01T22:30:00.000Z", "scrobble"),  # the 2nd in Berlin, in summer
        play(5, film, "2026-07-01T22:10:00.000Z", "checkin"),
        play(4, film, "2026-01-01T22:30:00.000Z"),  # still the 1st in Berlin, in winter
        play(3, other, "2026-01-01T23:30:00.000Z"),
        play(1, other, "1970-01-01T00:33:00.000Z"),
    ]
    trakt.lists["/sync/ratings/movies"] = [
        {"rated_at": "2026-07-03T00:00:00.000Z", "rating": 9, "type": "movie", "movie": film},
        {"rated_at": "2026-01-02T00:00:00.000Z", "rating": 0, "type": "movie", "movie": other},
    ]
    await run(settings, "history", tmp_path / "out")
    assert written(tmp_path / "out", "history") == [
        "tmdbID,imdbID,Title,Year,Rating10,WatchedDate,Rewatch",
        r'1,tt0000001,"Say \"Hi\", Bob",1901,,2026-01-01,false',
        r'1,tt0000001,"Say \"Hi\", Bob",1901,9,2026-07-02,true',
        "2,tt0000002,Film 2,1902,,,",
        "2,tt0000002,Film 2,1902,,2026-01-02,true",
    ]
    assert verify_folder(tmp_path / "out") == (4, [])


async def test_each_list_has_its_columns(trakt: FakeTrakt, settings: TraktSettings, tmp_path: Path) -> None:
    """Watched films have dates and ratings. Films that may not have been watched have neither."""
    film = movie(1)
    trakt.lists = {
        "/sync/watched/movies": [{"plays": 2, "last_watched_at": "2026-05-05T12:00:00.000Z", "movie": film}],
        "/sync/ratings/movies": [
            {"rated_at": "2026-01-01T00:00:00.000Z", "rating": 10, "type": "movie", "movie": film}
        ],
        "/sync/watchlist/movies": [
            {"rank": 1, "id": 7, "listed_at": "2026-01-01T00:00:00.000Z", "notes": "a, b", "movie": film}
        ],
        "/sync/collection/movies": [{"collected_at": "2026-01-01T00:00:00.000Z", "movie": film}],
    }
    for kind in ("watched", "ratings", "watchlist", "collection"):
        await run(settings, kind, tmp_path)
    assert written(tmp_path, "watched")[1] == "1,tt0000001,Film 1,1901,10,2026-05-05,true"
    assert written(tmp_path, "ratings") == ["tmdbID,imdbID,Title,Year,Rating10", "1,tt0000001,Film 1,1901,10"]
    assert written(tmp_path, "watchlist") == ["tmdbID,imdbID,Title,Year,Review", '1,tt0000001,Film 1,1901,"a, b"']
    assert written(tmp_path, "collection") == ["tmdbID,imdbID,Title,Year", "1,tt0000001,Film 1,1901"]
    assert verify_folder(tmp_path) == (4, [])
    assert not [*(settings.checkpoints.dir).iterdir()]


async def test_the_mode_chooses_a_row_per_film_or_per_viewing(
    trakt: FakeTrakt, settings: TraktSettings, tmp_path: Path
) -> None:
    """Watched films in mode individual are the history, and the history in mode aggregated is the watched films."""
    film = movie(1)
    trakt.lists["/sync/history/movies"] = [
        play(2, film, "2026-05-05T12:00:00.000Z"),
        play(1, film, "2025-05-05T12:00:00.000Z"),
    ]
    await run(settings, "watched", tmp_path, mode="individual")
    trakt.lists = {"/sync/watched/movies": [{"plays": 2, "last_watched_at": "2026-05-05T12:00:00.000Z", "movie": film}]}
    await run(settings, "history", tmp_path, mode="aggregated")
    assert written(tmp_path, "watched")[1:] == [
        "1,tt0000001,Film 1,1901,,2025-05-05,false",
        "1,tt0000001,Film 1,1901,,2026-05-05,true",
    ]
    assert written(tmp_path, "history")[1:] == ["1,tt0000001,Film 1,1901,,2026-05-05,true"]


async def test_plays_before_the_first_day_are_left_out_but_make_a_rewatch(
    trakt: FakeTrakt, settings: TraktSettings, tmp_path: Path
) -> None:
    """A rewatch is marked although the first viewing is not exported. An unknown day is before every day."""
    trakt.lists["/sync/history/movies"] = [
        play(3, movie(1), "2026-04-30T22:30:00.000Z"),  # the 1st of May in Berlin
        play(2, movie(1), "2025-05-05T12:00:00.000Z"),
        play(1, movie(2), "1970-01-01T00:00:00.000Z"),
    ]
    trakt.lists["/sync/watched/movies"] = []
    await run(settings, "history", tmp_path, date_range=DateRange(date(2026, 5, 1)))
    assert written(tmp_path, "history")[1:] == ["1,tt0000001,Film 1,1901,,2026-05-01,true"]
    trakt.lists["/sync/ratings/movies"] = [
        {"rated_at": f"{year}-01-01T12:00:00.000Z", "rating": 5, "type": "movie", "movie": movie(year)}
        for year in (2025, 2026)
    ]
    await run(settings, "ratings", tmp_path, date_range=DateRange(date(2026, 1, 1)))
    assert [line.split(",")[0] for line in written(tmp_path, "ratings")[1:]] == ["2026"]


async def test_items_that_cannot_be_exported_are_reported(
    trakt: FakeTrakt, settings: TraktSettings, tmp_path: Path
) -> None:
    """A series, a film without a name and a broken time go to skipped.csv with the reason."""
    trakt.lists["/sync/watchlist/movies"] = [
        {"id": 1, "type": "movie", "movie": movie(1)},
        {"id": 2, "type": "show", "show": {"title": "A Series"}},
        {"id": 3, "type": "movie", "movie": {"title": None, "year": None, "ids": {"trakt": 3}}},
        {"id": 4, "type": "movie", "listed_at": "yesterday", "movie": movie(4)},
    ]
    summary = await run(settings, "watchlist", tmp_path)
    assert (summary.rows, summary.skipped) == (1, 3)
    with (tmp_path / "skipped.csv").open(newline="") as file:
        assert [row[1:] for row in csv.reader(file)][1:] == [
            ["id:2", "A Series", "not a film but: show"],
            ["id:3", "", "neither a TMDB id, nor an IMDb id, nor a title"],
            ["id:4", "Film 4", "not a time: 'yesterday'"],
        ]


async def test_lists_are_read_to_the_end_by_the_limit_that_the_server_returns(
    trakt: FakeTrakt, settings: TraktSettings, tmp_path: Path
) -> None:
    """A server that returns 7 items instead of 250 is asked for every page of 7."""
    trakt.max_page_size = 7
    trakt.lists["/sync/ratings/movies"] = [{"rating": 5, "type": "movie", "movie": movie(n)} for n in range(1, 101)]
    summary = await run(settings, "ratings", tmp_path)
    assert summary.rows == 100
    assert sorted(trakt.pages()) == sorted(f"/sync/ratings/movies?page={n}&limit=7" for n in range(1, 16))


async def test_a_list_that_changes_while_it_is_read_is_read_again(
    trakt: FakeTrakt, settings: TraktSettings, tmp_path: Path
) -> None:
    """Removed and added plays move other plays to pages that were already read. The export has them all."""
    trakt.max_page_size = 10
    plays = [play(n, movie(n), "2026-01-01T12:00:00.000Z") for n in range(100, 0, -1)]
    trakt.lists["/sync/history/movies"] = plays

    def move(account: FakeTrakt, path: str, page: int) -> None:
        if path == "/sync/history/movies" and page == 3 and len(plays) == 100:
            del plays[0]  # all plays move up, and the first play of page 3 is now on page 2, which was read
            plays[50:50] = [
                play(200, movie(200), "2025-01-01T12:00:00.000Z"),
                play(201, movie(201), "2025-01-01T12:00:00.000Z"),
            ]

    trakt.on_page = move
    await run(settings, "history", tmp_path)
    films = {line.split(",")[0] for line in written(tmp_path, "history")[1:]}
    assert films == {str(item["movie"]["ids"]["trakt"]) for item in plays}
    assert verify_folder(tmp_path)[1] == []


@pytest.mark.parametrize("kind", ["ratings", "history"])
async def test_a_short_read_is_an_error_and_leaves_older_files(
    trakt: FakeTrakt, settings: TraktSettings, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A count of items and the map of plays both show that items are missing."""
    (tmp_path / f"{kind}-001.csv").write_text("older\n")
    trakt.count_offset = 3
    monkeypatch.setattr(trakt, "times", lambda: {"99": ["2026-01-01T00:00:00.000Z"]})
    with pytest.raises(Incomplete, match=r"not read completely in 3 attempts"):
        await run(settings, kind, tmp_path)
    assert (tmp_path / f"{kind}-001.csv").read_text() == "older\n"


async def test_a_large_export_is_split_and_stale_parts_go(
    trakt: FakeTrakt, settings: TraktSettings, tmp_path: Path
) -> None:
    """Each part has the header and at most 1 MB. A surplus part of an earlier export is deleted."""
    (tmp_path / "ratings-009.csv").write_text("stale\n")
    trakt.lists["/sync/ratings/movies"] = [
        {"rating": 5, "type": "movie", "movie": movie(n, f"A Film With Quite A Long Title: Number {n}" * 8)}
        for n in range(1, 4001)
    ]
    summary = await run(settings, "ratings", tmp_path)
    assert [path.name for path in summary.files] == ["ratings-001.csv", "ratings-002.csv"]
    assert not (tmp_path / "ratings-009.csv").exists()
    records = [record for path in summary.files for record in read_records(path.read_text())]
    assert len(records) == 4002
    assert verify_folder(tmp_path) == (4000, [])


def test_all_lists_by_command(trakt: FakeTrakt, settings: TraktSettings, tmp_path: Path) -> None:
    """`export all` writes every list and prints a table, and `verify` finds no errors."""
    trakt.lists["/sync/collection/movies"] = [{"collected_at": "2026-01-01T00:00:00.000Z", "movie": movie(1)}]
    result = command(settings, "export", "all", "--out", str(tmp_path / "out"))
    assert result.returncode == 0, result.stderr
    table = [[cell.strip() for cell in line.split("│")[1:5]] for line in result.stdout.splitlines() if "│" in line]
    assert table == [
        ["watched", "0", "1", "0"],
        ["history", "0", "1", "0"],
        ["collection", "1", "1", "0"],
        ["ratings", "0", "1", "0"],
        ["watchlist", "0", "1", "0"],
        ["shows", "0", "1", "0"],
    ]
    verified = command(settings, "verify", str(tmp_path / "out"))
    assert (verified.returncode, verified.stdout) == (0, "1 row, no faults\n")


def test_a_list_that_fails_keeps_no_other_from_being_exported(
    trakt: FakeTrakt, settings: TraktSettings, tmp_path: Path
) -> None:
    """The failed list is reported with the reason, and its files of an earlier export stay."""
    trakt.lists["/sync/ratings/movies"] = [{"rating": 5, "type": "movie", "movie": movie(1)}]
    (tmp_path / "collection-001.csv").write_text("older\n")

    def fall_short(account: FakeTrakt, path: str, page: int) -> None:
        account.count_offset = 3 * (path == "/sync/collection/movies")

    trakt.on_page = fall_short
    result = command(settings, "export", "all", "--out", str(tmp_path))
    assert result.returncode == 1
    assert result.stderr.startswith("collection: /sync/collection/movies was not read completely in 3 attempts")
    assert len(result.stderr.splitlines()) == 1
    assert "ratings" in result.stdout
    assert "collection" not in result.stdout
    assert len(written(tmp_path, "ratings")) == 2
    assert (tmp_path / "collection-001.csv").read_text() == "older\n"


def test_films_are_filtered_by_genre_and_status(trakt: FakeTrakt, settings: TraktSettings, tmp_path: Path) -> None:
    """Films that the filters refuse are in no file, but still count when the list is checked for completeness."""

    def film(number: int, genre: str, status: str) -> Item:
        return movie(number) | {"genres": [genre], "status": status}

    trakt.lists["/sync/history/movies"] = [
        play(5, film(1, "crime", "released"), "2026-03-01T12:00:00.000Z"),
        play(4, film(2, "drama", "released"), "2026-02-02T12:00:00.000Z"),
        play(3, film(3, "crime", "rumored"), "2026-02-01T12:00:00.000Z"),
        play(2, film(1, "crime", "released"), "2026-01-01T12:00:00.000Z"),
        play(1, {"title": None, "ids": {"trakt": 9}}, "2026-01-01T12:00:00.000Z"),
    ]
    out, options = tmp_path / "out", ("--genre", "Crime", "--genre", "western", "--status", "released")
    result = command(settings, "export", "history", "--out", str(out), *options)
    assert result.returncode == 0, result.stderr
    assert [line.split(",")[:1] + line.split(",")[-2:] for line in written(out, "history")[1:]] == [
        ["1", "2026-01-01", "false"],
        ["1", "2026-03-01", "true"],
    ]
    assert (out / "skipped.csv").read_text().count("neither a TMDB id") == 1
    assert any("/sync/history/movies" in line for line in trakt.log)
