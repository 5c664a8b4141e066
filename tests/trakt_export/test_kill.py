"""Kill -9 at every step: the files are byte for byte those of a run that nobody disturbed."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.trakt_export.conftest import command, environment
from tests.trakt_export.server import Account, movie, play

from cinestream_trakt_export.settings import TraktSettings

# Kills itself just before the n-th time that something is made lasting (or is about to be).
KILLED_AT = """
import os, signal, sys
left = int(sys.argv.pop(1))
def step(event, arguments):
    global left
    written = event == "open" and arguments[1] and "w" in arguments[1]
    if written or event in ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "socket.connect", "sqlite3.connect"):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
from cinestream_trakt_export.__main__ import main
sys.addaudithook(step)
main()
"""


SEASON = {"number": 1, "episodes": [{"number": 1, "plays": 1, "last_watched_at": "2026-01-01T12:00:00.000Z"}]}


@pytest.fixture
def library(trakt: Account) -> Account:
    """Plays on eight pages, with rewatches, ratings on three, and series."""
    trakt.most_a_page = 25
    chance = random.Random(7)
    trakt.lists["/sync/history/movies"] = [
        play(n, movie(chance.randrange(1, 90)), f"2026-{chance.randrange(1, 13):02}-11T20:00:00.000Z")
        for n in range(200, 0, -1)
    ]
    trakt.lists["/sync/ratings/movies"] = [
        {"rated_at": "2026-06-01T00:00:00.000Z", "rating": n % 10 + 1, "type": "movie", "movie": movie(n)}
        for n in range(1, 75)
    ]
    series = [{"title": f"Series {n}", "year": 2000 + n, "ids": {"trakt": n, "tmdb": n}} for n in range(60)]
    trakt.lists["/sync/watched/shows"] = [{"plays": 1, "show": show, "seasons": [SEASON]} for show in series]
    trakt.lists["/sync/ratings/shows"] = [{"rating": 7, "type": "show", "show": show} for show in series]
    return trakt


def files(folder: Path) -> dict[str, bytes]:
    """Everything in a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def undisturbed(library: Account, settings: TraktSettings, tmp_path: Path) -> dict[str, bytes]:
    """What the export gives when nobody kills it."""
    result = command(settings, "export", "history", "--out", str(tmp_path / "whole"))
    assert result.returncode == 0, result.stderr
    assert len(library.pages()) == 8 + 3
    library.log.clear()
    return files(tmp_path / "whole")


@pytest.mark.parametrize("page", [1, 2, 5, 8, 9, 11])
def test_killed_at_a_page_it_goes_on_there(
    library: Account, settings: TraktSettings, tmp_path: Path, undisturbed: dict[str, bytes], page: int
) -> None:
    """The answer to the n-th page never arrives; no page that arrived is asked for again."""
    full = ["cinestream-trakt", "export", "history", "--out", str(tmp_path / "out")]
    variables = environment(settings) | {"CINESTREAM_TRAKT_WORKER_POOL__SIZE": "1"}
    seen: list[int] = []

    def kill(account: Account, path: str, number: int) -> None:
        seen.append(number)
        if len(seen) == page:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()

    library.on_page = kill
    program = [sys.executable, "-c", "from cinestream_trakt_export.__main__ import main; main()", *full[1:]]
    process = subprocess.Popen(program, env=variables, stderr=subprocess.DEVNULL)
    assert process.wait(110) == -signal.SIGKILL
    result = command(settings, "export", "history", "--out", str(tmp_path / "out"))
    assert result.returncode == 0, result.stderr
    assert files(tmp_path / "out") == undisturbed
    assert len(seen) == 11 + 1


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kind", ["history", "shows"])
def test_killed_at_every_step_the_bytes_are_the_same(
    library: Account, settings: TraktSettings, tmp_path: Path, kind: str
) -> None:
    """One run after another is killed a step later than the one before, each on top of what the last one left."""
    assert command(settings, "export", kind, "--out", str(tmp_path / "whole")).returncode == 0
    undisturbed, pages = files(tmp_path / "whole"), sorted(library.pages())
    library.log.clear()
    out, kills = tmp_path / "out", 0
    program = [sys.executable, "-c", KILLED_AT]
    while True:
        arguments = [*program, str(kills), "export", kind, "--out", str(out)]
        result = subprocess.run(arguments, env=environment(settings), capture_output=True, timeout=110, check=False)
        if result.returncode == 0:
            break
        assert result.returncode == -signal.SIGKILL, result.stderr
        kills += 1
    assert kills > 8
    assert files(out) == undisturbed
    assert undisturbed[f"{kind}-001.csv"].count(b"\n") > 60
    assert {*library.pages()} == {*pages}
    assert {path.name for path in settings.checkpoints.dir.iterdir()} <= {"last-run.json"}
