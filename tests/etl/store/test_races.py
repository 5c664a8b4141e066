"""Exactly-once results with two workers, duplicates, lost answers and crashes between any two steps."""

import random
from collections.abc import AsyncIterator, Iterable

import anyio
import pytest
from tests.etl.pages import SamplePage
from tests.nats_server import NatsServer

from cinestream.bus.consume import Work, consume
from cinestream.bus.jetstream import Bus, StoredMessage
from cinestream.contracts import Envelope, Movie, Transient, subjects
from cinestream_etl import metrics
from cinestream_etl.directors import DirectorRecord
from cinestream_etl.service import handle, settle_page

pytestmark = pytest.mark.anyio
DIRECTORS = [f"nm000000{n}" for n in range(1, 5)]
TEAMS = [("nm0000001",), ("nm0000001", "nm0000002"), ("nm0000002", "nm0000003"), ("nm0000004",), ()]


@pytest.fixture
async def buses(topology: NatsServer) -> AsyncIterator[list[Bus]]:
    """Yield the connections of two workers."""
    connections = [await topology.connect("etl") for _ in range(2)]
    yield connections
    for bus in connections:
        await bus.close()


class Crash(Exception):
    """The death of a worker."""


class BrittleBus(Bus):
    """A connection that raises `Crash` or loses an answer at random, before or after any step."""

    def __init__(self, bus: Bus, fate: random.Random) -> None:
        super().__init__(bus._connection)
        self._fate = fate

    def _maybe(self) -> None:
        roll = self._fate.random()
        if roll < 0.05:
            raise Crash
        if roll < 0.1:
            raise Transient("the answer was lost")

    async def last_message(self, stream: str, subject: str) -> StoredMessage | None:
        """Read, unless the worker crashes first."""
        self._maybe()
        return await super().last_message(stream, subject)

    async def publish(self, subject: str, envelope: Envelope, *, expect_last: int | None = None) -> int:
        """Store, unless the worker crashes first. It can also crash just after the write."""
        self._maybe()
        sequence = await super().publish(subject, envelope, expect_last=expect_last)
        self._maybe()
        return sequence


def _pages(fate: random.Random, films: int) -> list[SamplePage]:
    """Return one to five pages for each film, at different minutes, with random ratings and directors."""
    return [
        SamplePage(
            f"tt00000{number:02}",
            minute=minute,
            rating=fate.choice([None, 7.5]),
            directors=fate.choice(TEAMS),
        )
        for number in range(films)
        for minute in fate.sample(range(60), fate.randint(1, 5))
    ]


async def _check(bus: Bus, pages: Iterable[SamplePage]) -> None:
    """Compare the stored movies and records with the newest page of each film."""
    newest = {page.id: page for page in sorted(pages, key=lambda page: page.minute)}
    for key in DIRECTORS:
        expected = {page.id: page.rating for page in newest.values() if key in page.directors}
        stored = await bus.last_message("KV_director_stats", subjects.director(key))
        films = DirectorRecord.decode(stored.envelope).films if stored else {}
        assert {id: film.rating for id, film in films.items()} == expected, key
    for page in newest.values():
        version = await bus.last_message("MOVIES", subjects.movie(page.id))
        assert version
        movie = Movie.decode(version.envelope)
        assert movie.rating == page.rating
        assert movie.director == [f"Director {key}" for key in page.directors]
        assert bool(movie.director_stats) == bool(page.directors)


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_happens_the_statistics_are_those_of_the_distinct_films(buses: list[Bus], seed: int) -> None:
    """Two workers that die between steps get shuffled and duplicate pages, and the result is always the same."""
    fate = random.Random(seed)
    pages = _pages(fate, films=12)
    queue = [page for page in pages for _ in range(2)]
    fate.shuffle(queue)

    async def work_off(bus: Bus) -> None:
        while queue:
            page = queue.pop()
            try:
                await settle_page(BrittleBus(bus, fate), page.raw_page().encode())
            except (Crash, Transient):
                queue.insert(0, page)  # not acknowledged: it is delivered again

    with anyio.fail_after(60):
        async with anyio.create_task_group() as group:
            for bus in buses:
                for _ in range(6):
                    group.start_soon(work_off, bus)
    await _check(buses[0], pages)


async def test_cancelled_workers_give_back_their_pages(
    topology: NatsServer, buses: list[Bus], scraper_bus: Bus
) -> None:
    """Two workers that are cancelled again and again in the middle of their work lose nothing and repeat nothing.

    A cancelled fetch leaves deliveries that no worker has. They are delivered again after ack_wait, here a second.
    """
    await topology.shorten_ack_wait("PAGES", "etl", seconds=1)
    fate = random.Random(4)
    pages = _pages(fate, films=40)
    for page in (page for page in pages for _ in range(2)):
        await scraper_bus.publish(subjects.page("title", page.id), page.raw_page().encode())
    # On a busy machine few pages are settled within 0.1 s, and the default limit of 50 deliveries would drop some.
    work = Work("etl", concurrency=8, max_deliveries=100_000)
    done = anyio.Event()

    async def worker(bus: Bus) -> None:
        pull = await bus.pull("PAGES", "etl")
        while not done.is_set():
            with anyio.move_on_after(fate.uniform(0.01, 0.1)):
                await consume(
                    bus, [pull], lambda d: handle(bus, d), work=work, metrics=metrics.CONSUME, stop=anyio.Event()
                )

    with anyio.fail_after(60):
        async with anyio.create_task_group() as group:
            for bus in buses:
                group.start_soon(worker, bus)
            while (state := await scraper_bus.consumer_state("PAGES", "etl")).pending or state.unacknowledged:
                await anyio.sleep(0.02)
            done.set()
    await _check(buses[0], pages)
    assert (await buses[0].stream_state("DEAD_LETTERS")).messages == 0


async def test_many_films_of_one_director_at_once(buses: list[Bus]) -> None:
    """Concurrent updates of one record count every film."""
    pages = [SamplePage(f"tt00000{number:02}", rating=6.0) for number in range(40)]
    with anyio.fail_after(90):
        async with anyio.create_task_group() as group:
            for number, page in enumerate(pages):
                group.start_soon(settle_page, buses[number % 2], page.raw_page().encode())
    await _check(buses[0], pages)
