"""The columns of the files at each level of `api.extended`."""

import json
import signal
from pathlib import Path
from typing import get_args

import pytest
from tests.trakt_export.conftest import command, environment
from tests.trakt_export.export.test_archive import zipped
from tests.trakt_export.forked import Forked
from tests.trakt_export.server import FakeTrakt, Item, movie, play

from cinestream_trakt_export.export.run import export
from cinestream_trakt_export.letterboxd.verify import verify_folder
from cinestream_trakt_export.library.facts import facts_of
from cinestream_trakt_export.library.request import Request
from cinestream_trakt_export.options import KINDS, Level
from cinestream_trakt_export.settings import TraktSettings
from cinestream_trakt_export.trakt.account import account
from cinestream_trakt_export.trakt.client import connected
from cinestream_trakt_export.trakt.endpoints import COLLECTED_MOVIES, WATCHED_MOVIES, WATCHED_SHOWS

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(400)]
LEVELS: tuple[Level, ...] = get_args(Level)
VARIABLE = "CINESTREAM_TRAKT_API__EXTENDED"
LETTERBOXD = {  # the columns of the page "Importing data", which files have by default
    "watched": "tmdbID,imdbID,Title,Year,Rating10,WatchedDate,Rewatch",
    "history": "tmdbID,imdbID,Title,Year,Rating10,WatchedDate,Rewatch",
    "collection": "tmdbID,imdbID,Title,Year",
    "ratings": "tmdbID,imdbID,Title,Year,Rating10",
    "watchlist": "tmdbID,imdbID,Title,Year,Review",
    "shows": "Series,SeriesYear,SeriesTMDB,SeriesIMDb,SeriesTVDB,Season,Episode,EpisodeTitle,Plays,Watched,Collected,"
    "Rated",
}
MIN = {
    "watched": "tmdbID,imdbID,Title,Year,WatchedDate",
    "history": "tmdbID,imdbID,Title,Year,WatchedDate",
    "collection": "tmdbID,imdbID,Title,Year",
    "ratings": "tmdbID,imdbID,Title,Year,Rating10",
    "watchlist": "tmdbID,imdbID,Title,Year",
    "shows": "Series,SeriesYear,SeriesTMDB,SeriesIMDb,SeriesTVDB,Season,Episode,Watched,Collected,Rated",
}
FULL = "Released,Runtime,Genres,Country,Language,Certification,Status,TraktRating,TraktVotes"
METADATA = "MediaType,Resolution,HDR,Audio,AudioChannels,3D"
OWNED = {"media_type": "bluray", "resolution": "hd_1080p", "audio": "dts", "audio_channels": "6.1", "3d": False}
IMAGES = {"poster": ["media.trakt.tv/p.webp"], "fanart": []}
DAY = "2026-05-05T12:00:00.000Z"


def film() -> Item:
    """Return a film with all facts."""
    facts = {"runtime": 108, "released": "2016-02-12", "country": "us", "language": "en", "certification": "R"}
    more = {"genres": ["action", "comedy"], "status": "released", "rating": 8.25035, "votes": 0, "images": IMAGES}
    return movie(1) | facts | more


@pytest.fixture
def library(trakt: FakeTrakt, monkeypatch: pytest.MonkeyPatch) -> FakeTrakt:
    """Create a library of one film and one episode, which are in all lists."""
    show = {"title": "One", "year": 2008, "ids": {"trakt": 5, "tmdb": 5}, "network": "HBO", "genres": ["drama"]}
    show |= {"first_aired": "2008-01-20T02:00:00.000Z", "images": IMAGES}
    seen, owned = {"plays": 2, "last_watched_at": DAY}, {"collected_at": DAY, "metadata": OWNED}
    trakt.lists = {
        "/sync/history/movies": [play(1, film(), DAY)],
        "/sync/watched/movies": [{"plays": 1, "last_watched_at": DAY, "movie": film()}],
        "/sync/collection/movies": [{"collected_at": DAY, "movie": film(), "metadata": OWNED}],
        "/sync/ratings/movies": [{"rating": 7, "rated_at": DAY, "type": "movie", "movie": film()}],
        "/sync/watchlist/movies": [{"id": 1, "type": "movie", "notes": "soon", "movie": film()}],
        "/sync/watched/shows": [{"show": show, "seasons": [{"number": 1, "episodes": [{"number": 1, **seen}]}]}],
        "/sync/collection/shows": [{"show": show, "seasons": [{"number": 1, "episodes": [{"number": 1, **owned}]}]}],
    }
    monkeypatch.setattr(trakt, "times", lambda: {"1": [DAY]})
    return trakt


async def exported(settings: TraktSettings, kind: str, level: Level, out: Path) -> tuple[str, str]:
    """Export one list and return the header and the only row."""
    async with connected(settings) as client:
        request = Request(kind, out, extended=level)
        await export(client, settings, await account(client), request)
    header, row = (out / f"{kind}-001.csv").read_text().splitlines()
    return header, row


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("level", LEVELS)
async def test_each_level_has_its_columns(
    library: FakeTrakt, settings: TraktSettings, tmp_path: Path, kind: str, level: Level
) -> None:
    """The verifier, which has its own rules for each level, finds no errors."""
    header, row = await exported(settings, kind, level, tmp_path)
    more = {
        "full": FULL.replace("Released", "FirstAired,Network") if kind == "shows" else FULL,
        "images": "Poster,Fanart",
        "metadata": METADATA if kind in ("collection", "shows") else "",
    }.get(level, "")
    usual = MIN[kind] if level == "min" else LETTERBOXD[kind]
    assert {*header.split(",")} == {*usual.split(","), *filter(None, more.split(","))}
    assert header.startswith(usual)
    assert verify_folder(tmp_path) == (1, [])
    assert len(row) >= len(header.split(","))


@pytest.mark.parametrize(
    ("kind", "level", "row"),
    [
        ("history", "letterboxd", "1,tt0000001,Film 1,1901,7,2026-05-05,false"),
        ("history", "min", "1,tt0000001,Film 1,1901,2026-05-05"),
        ("ratings", "min", "1,tt0000001,Film 1,1901,7"),
        ("watchlist", "min", "1,tt0000001,Film 1,1901"),
        (
            "history",
            "full",
            '1,tt0000001,Film 1,1901,7,2026-05-05,false,2016-02-12,108,"action, comedy",us,en,R,released,8.3,',
        ),
        ("watchlist", "images", "1,tt0000001,Film 1,1901,soon,https://media.trakt.tv/p.webp,"),
        ("collection", "metadata", "1,tt0000001,Film 1,1901,bluray,hd_1080p,,dts,6.1,false"),
        ("watchlist", "metadata", "1,tt0000001,Film 1,1901,soon"),
        ("shows", "min", "One,2008,5,,,1,1,2026-05-05,2026-05-05,"),
        ("shows", "full", "One,2008,5,,,1,1,,2,2026-05-05,2026-05-05,,2008-01-20T02:00:00.000Z,HBO,,drama,,,,,,"),
        ("shows", "metadata", "One,2008,5,,,1,1,,2,2026-05-05,2026-05-05,,bluray,hd_1080p,,dts,6.1,false"),
    ],
)
async def test_the_fields_of_a_row(
    library: FakeTrakt, settings: TraktSettings, tmp_path: Path, kind: str, level: Level, row: str
) -> None:
    """Facts follow the usual columns. A fact is empty if Trakt does not know it or returns 0."""
    assert (await exported(settings, kind, level, tmp_path))[1] == row


@pytest.mark.parametrize("path", [COLLECTED_MOVIES, WATCHED_MOVIES, WATCHED_SHOWS])
@pytest.mark.parametrize("item", [None, [], {"movie": 1}, {"movie": {"images": {"poster": [7]}, "genres": [None, {}]}}])
def test_odd_items_have_no_facts(path: str, item: object) -> None:
    """Values of any type become fields without an error."""
    for level in LEVELS:
        if facts := facts_of(level, path):
            assert len(facts.of(item)) == len(facts.columns)


@pytest.mark.parametrize("level", LEVELS)
def test_requests_have_the_level_that_the_columns_need(
    library: FakeTrakt, settings: TraktSettings, tmp_path: Path, level: Level
) -> None:
    """The default level requests nothing more, and `min` does not request the ratings."""
    arguments = "export", "watched", "--out", str(tmp_path / "out")
    result = command(settings, *arguments, variables={VARIABLE: level})
    assert result.returncode == 0, result.stderr
    (page,) = (line for line in library.requested if line.startswith("/sync/watched/movies?page="))
    assert page.partition("&extended=")[2] == (level if level in ("full", "images") else "")
    assert any("/sync/ratings/movies" in line for line in library.requested) is (level != "min")


def test_an_archive_gives_the_same(library: FakeTrakt, settings: TraktSettings, tmp_path: Path) -> None:
    """The files are the same bytes at every level."""
    names = {
        "watched/watched-history-1.json": "/sync/history/movies",
        "watched/watched-movies.json": "/sync/watched/movies",
        "watched/watched-shows.json": "/sync/watched/shows",
        "collection/collection-movies.json": "/sync/collection/movies",
        "collection/collection-shows.json": "/sync/collection/shows",
        "ratings/ratings-movies.json": "/sync/ratings/movies",
        "lists/lists-watchlist.json": "/sync/watchlist/movies",
    }
    zone = {"user/user-settings.json": {"account": {"timezone": "Europe/Berlin"}}}
    archive = zipped(tmp_path / "a.zip", zone | {name: library.lists[path] for name, path in names.items()})
    for level in LEVELS:
        for way in ((), ("--from-archive", str(archive))):
            out = str(tmp_path / f"{level}{len(way)}")
            result = command(settings, "export", "all", "--out", out, *way, variables={VARIABLE: level})
            assert result.returncode == 0, result.stderr
        for path in (tmp_path / f"{level}0").iterdir():
            assert path.read_bytes() == (tmp_path / f"{level}2" / path.name).read_bytes()


@pytest.mark.process
def test_an_unfinished_export_keeps_its_columns(library: FakeTrakt, settings: TraktSettings, tmp_path: Path) -> None:
    """Its pages lack the facts of other levels, so another level is refused. `resume` keeps the first one."""

    def kill(account: FakeTrakt, path: str, number: int) -> None:
        if path == "/sync/ratings/movies":
            process.kill()

    library.on_page = kill
    arguments = ["export", "history", "--out", str(tmp_path / "out")]
    process = Forked(arguments, environment(settings) | {VARIABLE: "full"}, tmp_path / "log")
    assert process.wait() == -signal.SIGKILL, process.errors
    library.on_page = lambda account, path, number: None
    refused = command(settings, *arguments)
    assert refused.returncode == 1
    assert "extended" in refused.stderr
    assert "--restart" in refused.stderr
    assert command(settings, "resume").returncode == 0
    assert (tmp_path / "out" / "history-001.csv").read_text().startswith(f"{LETTERBOXD['history']},{FULL}\n")


def test_another_level_is_a_change(library: FakeTrakt, settings: TraktSettings, tmp_path: Path) -> None:
    """An incremental export writes files with other columns, although nothing has changed at Trakt."""
    arguments = "export", "watchlist", "--incremental", "--out", str(tmp_path / "out")
    for level in ("letterboxd", "min"):
        assert command(settings, *arguments, variables={VARIABLE: level}).returncode == 0
    assert (tmp_path / "out" / "watchlist-001.csv").read_text().splitlines()[0] == MIN["watchlist"]


@pytest.mark.parametrize(
    "header",
    ["tmdbID,Title,Released", "tmdbID,Title,Poster,Fanart,MediaType", "tmdbID,Series", "tmdbID,Poster,Fanart,Poster"],
)
def test_the_verifier_accepts_only_complete_levels(tmp_path: Path, header: str) -> None:
    """A part of a level, two levels, or a column of series in a film file is an error."""
    (tmp_path / "watched-001.csv").write_text(f"{header}\n")
    assert "not a header" in verify_folder(tmp_path)[1][0]


def test_the_verifier_finds_wrong_facts(tmp_path: Path) -> None:
    """Each column has a rule for its values."""
    facts = {"Released": "soon", "Runtime": "0", "TraktRating": "eleven"}
    row = [facts.get(name, "") for name in FULL.split(",")]
    (tmp_path / "watched-001.csv").write_text(f"tmdbID,{FULL}\n7,{','.join(row)}\n")
    assert [fault.split(": ")[-1] for fault in verify_folder(tmp_path)[1]] == [
        "Released is 'soon'",
        "Runtime is '0'",
        "TraktRating is 'eleven'",
        "there is no day soon",
    ]


def test_real_details_become_facts(samples: Path) -> None:
    """The film that was recorded at the level `full` has every fact."""
    path = samples / "trakt" / "recorded_2026" / "movies_deadpool_2016_extended_full__200.json"
    if not path.is_file():
        pytest.skip(f"no recorded answers at {path}")
    item = {"movie": json.loads(path.read_text())["response"]["body"]}
    full, images = facts_of("full", WATCHED_MOVIES), facts_of("images", WATCHED_MOVIES)
    assert full
    assert images
    assert all(full.of(item))
    assert all(text.startswith("https://") for text in images.of(item))
