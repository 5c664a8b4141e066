"""Exports that are killed at every step and continued. Their files are those of an undisturbed run."""

import random
import shutil
import signal
from collections import Counter
from pathlib import Path

import pytest
from tests.trakt_export.conftest import command, environment
from tests.trakt_export.forked import Forked
from tests.trakt_export.server import FakeTrakt, movie, play

from cinestream_trakt_export.settings import TraktSettings

DAY = "2026-01-01T12:00:00.000Z"
FILMS = range(1, 75)
SEASON = {"number": 1, "episodes": [{"number": 1, "plays": 1, "last_watched_at": DAY}]}


@pytest.fixture
def library(trakt: FakeTrakt) -> FakeTrakt:
    """Create a library with plays on eight pages, ratings on three pages, and series."""
    trakt.max_page_size = 25
    chance = random.Random(7)
    trakt.lists["/sync/history/movies"] = [
        play(n, movie(chance.randrange(1, 90)), f"2026-{chance.randrange(1, 13):02}-11T20:00:00.000Z")
        for n in range(200, 0, -1)
    ]
    trakt.lists["/sync/ratings/movies"] = [
        {"rated_at": "2026-06-01T00:00:00.000Z", "rating": n % 10 + 1, "type": "movie", "movie": movie(n)}
        for n in FILMS
    ]
    trakt.lists["/sync/collection/movies"] = [{"collected_at": DAY, "movie": movie(n)} for n in FILMS]
    trakt.lists["/sync/watchlist/movies"] = [{"id": n, "type": "movie", "movie": movie(n)} for n in FILMS]
    series = [{"title": f"Series {n}", "year": 2000 + n, "ids": {"trakt": n, "tmdb": n}} for n in range(60)]
    trakt.lists["/sync/watched/shows"] = [{"plays": 1, "show": show, "seasons": [SEASON]} for show in series]
    trakt.lists["/sync/ratings/shows"] = [{"rating": 7, "type": "show", "show": show} for show in series]
    return trakt


def files(folder: Path) -> dict[str, bytes]:
    """Return the content of all files in a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def whole(library: FakeTrakt, settings: TraktSettings, kind: str, out: Path) -> dict[str, bytes]:
    """Return the files of an undisturbed export."""
    result = command(settings, "export", kind, "--out", str(out))
    assert result.returncode == 0, result.stderr
    return files(out)


@pytest.mark.process
@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("kind", "pages", "killed_at"),
    [
        ("history", 8 + 3, [1, 2, 5, 8, 9, 11]),
        ("shows", 3 + 1 + 3 + 1, [1, 3, 4, 7, 8]),
        ("watched", 3 + 3, [2, 4]),
        ("collection", 3, [1, 3]),
        ("ratings", 3, [2]),
        ("watchlist", 3, [2]),
    ],
)
def test_an_export_that_is_killed_at_a_page_continues_there(
    library: FakeTrakt, settings: TraktSettings, tmp_path: Path, kind: str, pages: int, killed_at: list[int]
) -> None:
    """The answer to the n-th page never arrives. Only that page is requested again."""
    if kind == "watched":
        del library.lists["/sync/history/movies"]  # the server's map combines both lists
        library.lists["/sync/watched/movies"] = [{"plays": 1, "last_watched_at": DAY, "movie": movie(n)} for n in FILMS]
    undisturbed = whole(library, settings, kind, tmp_path / "whole")
    assert len(library.pages()) == pages
    arguments = ["export", kind, "--out", str(tmp_path / "out")]
    for page in killed_at:
        library.requested.clear()
        last = killed_while_asking(library, settings, arguments, page, tmp_path / "log")
        result = command(settings, *(["resume"] if page % 2 else arguments))
        assert result.returncode == 0, result.stderr
        assert files(tmp_path / "out") == undisturbed
        requested = Counter(line for line in library.requested if line != "/users/settings")
        assert requested.total() >= pages + 1
        assert {line: times for line, times in requested.items() if times > 1} == {last: 2}
        shutil.rmtree(tmp_path / "out")


def killed_while_asking(library: FakeTrakt, settings: TraktSettings, arguments: list[str], page: int, log: Path) -> str:
    """Kill a command when it requests its n-th page. Return that request."""
    seen: list[str] = []

    def kill(account: FakeTrakt, path: str, number: int) -> None:
        seen.append(account.requested[-1])
        if len(seen) == page:
            process.kill()

    library.on_page = kill
    variables = environment(settings) | {"CINESTREAM_TRAKT_WORKER_POOL__SIZE": "1"}
    process = Forked(arguments, variables, log)
    assert process.wait() == -signal.SIGKILL, process.errors
    library.on_page = lambda account, path, number: None
    return seen[-1]


@pytest.mark.process
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kind", ["history", "shows"])
def test_an_export_that_is_killed_at_every_step_writes_the_same_bytes(
    library: FakeTrakt, settings: TraktSettings, tmp_path: Path, kind: str
) -> None:
    """Each run is killed one step later than the run before, and continues from its files."""
    undisturbed, pages = whole(library, settings, kind, tmp_path / "whole"), sorted(library.pages())
    library.log.clear()
    out, kills = tmp_path / "out", 0
    arguments = ["export", kind, "--out", str(out)]
    while True:
        process = Forked(arguments, environment(settings), tmp_path / "log", kill_at=kills)
        if process.wait() == 0:
            break
        assert process.wait() == -signal.SIGKILL, process.errors
        kills += 1
    assert kills > 8
    assert files(out) == undisturbed
    assert undisturbed[f"{kind}-001.csv"].count(b"\n") > 60
    assert {*library.pages()} == {*pages}
    assert {path.name for path in settings.checkpoints.dir.iterdir()} <= {"last-run.json"}
