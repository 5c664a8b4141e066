"""Exactly once in effect: two workers, duplicates, lost answers and crashes between any two steps."""

import random
from collections.abc import AsyncIterator, Iterable

import anyio
import pytest
from tests.etl.ack_wait import shorten_ack_wait
from tests.etl.pages import Said
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
    """Two workers' connections."""
    connections = [await topology.connect("etl") for _ in range(2)]
    yield connections
    for bus in connections:
        await bus.close()


class Crash(Exception):
    """The worker dies here."""


class BrittleBus(Bus):
    """A connection on which the worker dies, or an answer is lost, before or after any step."""

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
        """Read, unless the worker dies."""
        self._maybe()
        return await super().last_message(stream, subject)

    async def publish(self, subject: str, envelope: Envelope, *, expect_last: int | None = None) -> int:
        """Store, unless the worker dies first; it may also die just after."""
        self._maybe()
        sequence = await super().publish(subject, envelope, expect_last=expect_last)
        self._maybe()
        return sequence


def _pages(fate: random.Random, films: int) -> list[Said]:
    """For each film some pages that agree or disagree about rating and directors, no two of the same minute."""
    return [
        Said(
            f"tt00000{number:02}",
            minute=minute,
            rating=fate.choice([None, 7.5]),
            directors=fate.choice(TEAMS),
        )
        for number in range(films)
        for minute in fate.sample(range(60), fate.randint(1, 5))
    ]


async def _check(bus: Bus, said: Iterable[Said]) -> None:
    """Compare what is stored with what follows from the newest page of each film."""
    newest = {page.id: page for page in sorted(said, key=lambda page: page.minute)}
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
    """Pages come shuffled and in duplicates to two workers that die between steps: the end is always the same."""
    fate = random.Random(seed)
    said = _pages(fate, films=12)
    queue = [page for page in said for _ in range(2)]
    fate.shuffle(queue)

    async def hand(bus: Bus) -> None:
        while queue:
            page = queue.pop()
            try:
                await settle_page(BrittleBus(bus, fate), page.page().encode())
            except (Crash, Transient):
                queue.insert(0, page)  # not acknowledged: it is delivered again

    with anyio.fail_after(60):
        async with anyio.create_task_group() as group:
            for bus in buses:
                for _ in range(6):
                    group.start_soon(hand, bus)
    await _check(buses[0], said)


async def test_workers_that_are_cut_off_give_back_what_they_had(
    topology: NatsServer, buses: list[Bus], scraper_bus: Bus
) -> None:
    """Two real workers, each cut off again and again in the middle of its work, lose nothing and repeat nothing.

    A fetch that is cut off leaves deliveries that nobody holds: they come again after ack_wait, here a short one.
    """
    await shorten_ack_wait(topology, seconds=1)
    fate = random.Random(4)
    said = _pages(fate, films=40)
    for page in (page for page in said for _ in range(2)):
        await scraper_bus.publish(subjects.page("title", page.id), page.page().encode())
    work = Work("etl", concurrency=8)
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
    await _check(buses[0], said)
    assert (await buses[0].stream_state("DEAD_LETTERS")).messages == 0


async def test_many_films_of_one_director_at_once(buses: list[Bus]) -> None:
    """All hands on one record: every film is counted."""
    said = [Said(f"tt00000{number:02}", rating=6.0) for number in range(40)]
    with anyio.fail_after(90):
        async with anyio.create_task_group() as group:
            for number, page in enumerate(said):
                group.start_soon(settle_page, buses[number % 2], page.page().encode())
    await _check(buses[0], said)
