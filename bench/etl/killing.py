"""kill -9 of a worker every second under load: every film once in MOVIES, the statistics exact."""

import os
import signal
import subprocess
import time
from collections import defaultdict

import anyio
from bench.etl.films import distinct
from bench.etl.parts import broker
from bench.stream.ours import SCRIPTS
from bench.stream.servers import free_port

from cinestream.bus.jetstream import Bus
from cinestream.contracts import RawPage, subjects
from cinestream_etl.directors import Record
from cinestream_etl.stages.film import Film, read_page

_DIRECTORS = 300
_PER_SECOND = 40
_WORKERS = 2


async def killing(seconds: int) -> bool:
    """Whether all is right after so many kills; says what is there."""
    pages = list(distinct(seconds * _PER_SECOND, directors=_DIRECTORS))
    async with broker() as (url, _, bus):
        workers = [_start(url) for _ in range(_WORKERS)]
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(_feed, bus, pages)
                for second in range(seconds):
                    await anyio.sleep(1)
                    place = second % _WORKERS
                    workers[place].send_signal(signal.SIGKILL)
                    workers[place].wait()
                    workers[place] = _start(url)
            with anyio.fail_after(180):
                while (state := await bus.consumer_state("PAGES", "etl")).pending or state.unacknowledged:
                    await anyio.sleep(0.2)
            right = await _right(bus, pages)
        finally:
            for process in workers:
                process.kill()
                process.wait()
    verdict = "every film once, statistics exact" if right else "WRONG"
    print(f"{seconds} kills, {len(pages):,} films, {_DIRECTORS} directors: {verdict}", flush=True)
    return right


def _start(url: str) -> subprocess.Popen[bytes]:
    settings = {"CINESTREAM_NATS_URL": url, "CINESTREAM_OPS_PORT": str(free_port()), "CINESTREAM_LOG_LEVEL": "error"}
    return subprocess.Popen([str(SCRIPTS / "cinestream-etl")], env=os.environ | settings)


async def _feed(bus: Bus, pages: list[RawPage]) -> None:
    begin = time.perf_counter()
    for number, page in enumerate(pages):
        await anyio.sleep(max(0, begin + number / _PER_SECOND - time.perf_counter()))
        await bus.publish(page.subject, page.encode())


async def _right(bus: Bus, pages: list[RawPage]) -> bool:
    """Compare the streams with what follows from the pages alone."""
    expected: dict[str, dict[str, float | None]] = defaultdict(dict)
    for page in pages:
        film = read_page(page.html.encode(), requested=page.id, page_time=page.fetched_at)
        assert isinstance(film, Film)
        for key in film.director_keys:
            expected[key][film.id] = film.title.rating
    state = await bus.stream_state("MOVIES")
    once = state.messages == state.last_sequence == len(pages)
    for key, films in expected.items():
        stored = await bus.last_message("KV_director_stats", subjects.director(key))
        record = Record.decode(stored.envelope).films if stored else {}
        if {id: film.rating for id, film in record.items()} != films:
            return False
    return once and (await bus.stream_state("DEAD_LETTERS")).messages == 0
