"""`cinestream-etl load-directors` on a real nats-server: with data sets, beside pages, and after a kill."""

import gzip
import os
import signal
import subprocess
from pathlib import Path

import anyio
import pytest
from tests.etl.data_sets import Expected, write_data_sets
from tests.etl.pages import START, SamplePage
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


def _ignore_progress(step: str, done: int) -> None:
    """Ignore the progress."""


async def _load(bus: Bus, files: DataSets, folder: Path) -> int:
    return await load_directors(bus, files, work_file=folder / "work.sqlite", report=_ignore_progress)


async def _settle(bus: Bus, page: SamplePage) -> Movie:
    await settle_page(bus, page.raw_page().encode())
    stored = await bus.last_message("MOVIES", subjects.movie(page.id))
    assert stored
    return Movie.decode(stored.envelope)


async def test_every_director_of_a_film_has_all_of_them(etl_bus: Bus, tmp_path: Path) -> None:
    """Only films are loaded, with their ratings. Loading again changes nothing, and no work file is left."""
    files, expected = write_data_sets(tmp_path, titles=400, people=60)
    assert await _load(etl_bus, files, tmp_path) == len(expected)
    assert await _records(etl_bus, expected) == expected
    written = (await etl_bus.stream_state("KV_director_stats")).last_sequence
    await _load(etl_bus, files, tmp_path)
    assert (await etl_bus.stream_state("KV_director_stats")).last_sequence == written
    assert not [name for name in os.listdir(tmp_path) if name.startswith("work")]


async def test_pages_take_precedence_over_data_sets(etl_bus: Bus, tmp_path: Path) -> None:
    """A film with a page counts once with the page's rating, even if the data set is newer."""
    before, after = SamplePage("tt0000901", rating=9.0), SamplePage("tt0000902", rating=8.0)
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
    # This page is newer than the first one. It is older than the data set, but that does not make it late.
    assert (await _settle(etl_bus, SamplePage("tt0000901", minute=5, rating=6.0))).rating == 6.0


async def test_a_killed_run_is_continued(topology: NatsServer, etl_bus: Bus, tmp_path: Path) -> None:
    """After kill -9 in the middle of the records, a second run writes the rest, and all records are right."""
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
async def test_a_wrong_file_is_refused(etl_bus: Bus, tmp_path: Path, wrong: str) -> None:
    """The message names the file and the remedy: wrong order, truncated download or impossible value."""
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
    """The data of other files is not mixed with these, and a file that is not a work file stays as it is."""
    files, _ = write_data_sets(tmp_path, titles=50, people=9)
    (tmp_path / "work.sqlite").write_bytes(b"my diary" * 200)
    with pytest.raises(Invalid, match="name another --work-file"):
        await _load(etl_bus, files, tmp_path)
    assert (tmp_path / "work.sqlite").read_bytes() == b"my diary" * 200
