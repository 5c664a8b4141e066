"""Kills of workers under load: one SIGKILL per second.

At the end every film must be in MOVIES exactly once, and the statistics of directors must be exact.
"""

import os
import signal
import subprocess
import time
from collections import defaultdict

import anyio
from bench.etl.sample_pages import distinct_films
from bench.etl.services import broker
from bench.processes import SCRIPTS, free_port

from cinestream.bus.jetstream import Bus
from cinestream.contracts import RawPage, subjects
from cinestream_etl.directors import DirectorRecord
from cinestream_etl.stages.page import read_page

_DIRECTORS = 300
_PER_SECOND = 40
_WORKERS = 2


async def survives_kills(seconds: int) -> bool:
    """Kill a worker each second for so many seconds. Print the verdict, and return True if nothing is wrong."""
    pages = list(distinct_films(seconds * _PER_SECOND, people=_DIRECTORS))
    async with broker() as (url, _, bus):
        workers = [_start(url) for _ in range(_WORKERS)]
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(_feed, bus, pages)
                for second in range(seconds):
                    await anyio.sleep(1)
                    index = second % _WORKERS
                    workers[index].send_signal(signal.SIGKILL)
                    workers[index].wait()
                    workers[index] = _start(url)
            with anyio.fail_after(180):
                while (state := await bus.consumer_state("PAGES", "etl")).pending or state.unacknowledged:
                    await anyio.sleep(0.2)
            correct = await _is_correct(bus, pages)
        finally:
            for process in workers:
                process.kill()
                process.wait()
    verdict = "every film once, statistics exact" if correct else "WRONG"
    print(f"{seconds} kills, {len(pages):,} films, {_DIRECTORS} directors: {verdict}", flush=True)
    return correct


def _start(url: str) -> subprocess.Popen[bytes]:
    settings = {"CINESTREAM_NATS_URL": url, "CINESTREAM_OPS_PORT": str(free_port()), "CINESTREAM_LOG_LEVEL": "error"}
    return subprocess.Popen([str(SCRIPTS / "cinestream-etl")], env=os.environ | settings)


async def _feed(bus: Bus, pages: list[RawPage]) -> None:
    begin = time.perf_counter()
    for number, page in enumerate(pages):
        await anyio.sleep(max(0, begin + number / _PER_SECOND - time.perf_counter()))
        await bus.publish(page.subject, page.encode())


async def _is_correct(bus: Bus, pages: list[RawPage]) -> bool:
    """Compare the streams with the result that follows from the pages alone."""
    expected: dict[str, dict[str, float | None]] = defaultdict(dict)
    for page in pages:
        film = read_page(page.html.encode(), requested=page.id, page_time=page.fetched_at)
        assert film.is_film
        for key in film.director_keys:
            expected[key][film.id] = film.title.rating
    state = await bus.stream_state("MOVIES")
    once = state.messages == state.last_sequence == len(pages)
    for key, films in expected.items():
        stored = await bus.last_message("KV_director_stats", subjects.director(key))
        record = DirectorRecord.decode(stored.envelope).films if stored else {}
        if {id: film.rating for id, film in record.items()} != films:
            return False
    return once and (await bus.stream_state("DEAD_LETTERS")).messages == 0
