"""`cinestream-etl load-directors` on a real nats-server: from data sets, beside pages, killed and resumed."""

import gzip
import os
import signal
import subprocess
from pathlib import Path

import anyio
import pytest
from tests.etl.data_sets import Expected, write_data_sets
from tests.etl.pages import START, Said
from tests.nats_server import NatsServer
from tests.paths import SCRIPTS

from cinestream.bus.jetstream import Bus
from cinestream.contracts import Invalid, Movie, subjects
from cinestream_etl.commands.director_tables import DataSets
from cinestream_etl.commands.load_directors import load_directors
from cinestream_etl.directors import DirectorRecord
from cinestream_etl.service import settle_page

pytestmark = pytest.mark.anyio


async def _records(bus: Bus, expected: Expected) -> Expected:
    found = {}
    for director in expected:
        stored = await bus.last_message("KV_director_stats", subjects.director(director))
        films = DirectorRecord.decode(stored.envelope).films if stored else {}
        found[director] = {id: film.rating for id, film in films.items()}
    return found


def _say_nothing(step: str, done: int) -> None:
    """Progress is not looked at."""


async def _load(bus: Bus, files: DataSets, folder: Path) -> int:
    return await load_directors(bus, files, work_file=folder / "work.sqlite", report=_say_nothing)


async def _settle(bus: Bus, said: Said) -> Movie:
    await settle_page(bus, said.page().encode())
    stored = await bus.last_message("MOVIES", subjects.movie(said.id))
    assert stored
    return Movie.decode(stored.envelope)


async def test_every_director_of_a_film_has_all_of_them(etl_bus: Bus, tmp_path: Path) -> None:
    """Of films alone, with ratings where there are some; loading again changes nothing, and leaves no file behind."""
    files, expected = write_data_sets(tmp_path, titles=400, people=60)
    assert await _load(etl_bus, files, tmp_path) == len(expected)
    assert await _records(etl_bus, expected) == expected
    written = (await etl_bus.stream_state("KV_director_stats")).last_sequence
    await _load(etl_bus, files, tmp_path)
    assert (await etl_bus.stream_state("KV_director_stats")).last_sequence == written
    assert not [name for name in os.listdir(tmp_path) if name.startswith("work")]


async def test_pages_know_better_whenever_they_come(etl_bus: Bus, tmp_path: Path) -> None:
    """A film of a page counts once, with the page's rating, though the data set may be newer than the page."""
    before, after = Said("tt0000901", rating=9.0), Said("tt0000902", rating=8.0)
    await _settle(etl_bus, before)
    files, _ = write_data_sets(tmp_path, titles=0, people=5)
    for path, lines in {
        files.basics: ["tt0000901\tmovie", "tt0000902\tmovie", "tt0000903\tmovie"],
        files.ratings: ["tt0000901\t1.0", "tt0000902\t1.0", "tt0000903\t4.0"],
        files.crew: ["tt0000901\tnm0000001", "tt0000902\tnm0000001", "tt0000903\tnm0000001"],
    }.items():
        width = len(gzip.decompress(path.read_bytes()).decode().split("\n")[0].split("\t"))
        rows = [row + "\t\\N" * (width - row.count("\t") - 1) for row in lines]
        path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()) + "\n".join(rows).encode() + b"\n"))
    await _load(etl_bus, files, tmp_path)
    movie = await _settle(etl_bus, after)
    assert files.ratings.stat().st_mtime > START.timestamp()
    assert movie.director_stats
    assert (movie.director_stats.total_movies, movie.director_stats.average_rating) == (3, 7.0)
    # A newer page than the first, though older than the file, is no late page.
    assert (await _settle(etl_bus, Said("tt0000901", minute=5, rating=6.0))).rating == 6.0


async def test_killed_in_the_middle_it_goes_on(topology: NatsServer, etl_bus: Bus, tmp_path: Path) -> None:
    """Kill -9 while it writes records: the second run does the rest, and all of it is right."""
    files, expected = write_data_sets(tmp_path, titles=9_000, people=4_500)
    command = [str(SCRIPTS / "cinestream-etl"), "load-directors", *map(str, files)]
    command += ["--work-file", str(tmp_path / "work.sqlite")]
    environment = os.environ | topology.environment("etl")
    first = await anyio.open_process(command, env=environment, stderr=subprocess.DEVNULL)
    with anyio.fail_after(100):
        while (await etl_bus.stream_state("KV_director_stats")).messages < 200:
            assert first.returncode is None
            await anyio.sleep(0.005)
    first.send_signal(signal.SIGKILL)
    await first.wait()
    assert (await etl_bus.stream_state("KV_director_stats")).messages < len(expected)
    second = await anyio.run_process(command, env=environment)
    assert int(second.stdout.split(b":")[1].strip(b" }\n")) < len(expected)
    assert b"director_stats: " in second.stderr
    assert await _records(etl_bus, expected) == expected


@pytest.mark.parametrize("wrong", ["order", "cut off", "rating"])
async def test_what_is_no_data_set_is_said(etl_bus: Bus, tmp_path: Path, wrong: str) -> None:
    """Files in another order, a download that broke off and a value that cannot be are named, with the cure."""
    files, _ = write_data_sets(tmp_path, titles=50, people=9)
    if wrong == "order":
        files = DataSets(files.crew, files.basics, files.ratings, files.names)
    elif wrong == "cut off":
        files.crew.write_bytes(files.crew.read_bytes()[:-20])
    else:
        files.ratings.write_bytes(gzip.compress(b"tconst\taverageRating\tnumVotes\ntt0000001\t77\t5\n"))
    reason = {"order": "no column titleType", "cut off": "download it again", "rating": "between 1 and 10, got '77'"}
    with pytest.raises(Invalid, match=reason[wrong]):
        await _load(etl_bus, files, tmp_path)


async def test_a_work_file_of_other_files_is_refused(etl_bus: Bus, tmp_path: Path) -> None:
    """What was begun with other files is not mixed with these; a file that is no work file is left alone."""
    files, _ = write_data_sets(tmp_path, titles=50, people=9)
    (tmp_path / "work.sqlite").write_bytes(b"my diary" * 200)
    with pytest.raises(Invalid, match="name another --work-file"):
        await _load(etl_bus, files, tmp_path)
    assert (tmp_path / "work.sqlite").read_bytes() == b"my diary" * 200
