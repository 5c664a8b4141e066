"""The search for the start of a replay: right, in slices, and without delay for other clients."""

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.stream_api.films import PAGE_TIME, movie, publish
from tests.stream_api.pauses import counted_pauses
from tests.stream_api.serving import STREAM, serving

from cinestream.bus.jetstream import Bus
from cinestream_stream_api.catalogue.film_index import FilmIndex
from cinestream_stream_api.events.event import film, view_of
from cinestream_stream_api.events.filters import Filter
from cinestream_stream_api.events.frames import Wire
from cinestream_stream_api.events.position import Position
from cinestream_stream_api.stream.replay_search import ReplaySearch, SearchTurns

pytestmark = pytest.mark.anyio
WAR = view_of(Wire.SSE, Filter(genre=frozenset(["war"])))
STORED = {
    (number, genre): movie(number, genre=[genre], genre_categories=[]).encode(page_time=PAGE_TIME)
    for number in range(9)
    for genre in ("War", "Drama")
}


def index_of(versions: list[tuple[int, str]]) -> FilmIndex:
    """Return the index of films with these numbers and genres, in this order."""
    index = FilmIndex(Position("e", 0))
    stored = [(at, STORED[version]) for at, version in enumerate(versions, 1)]
    index.add([film(Position("e", at), sent.headers, sent.body) for at, sent in stored], through=len(stored))
    return index


def start(index: FilmIndex, count: int, *, distinct: bool, through: int = 30) -> int:
    """Return the start of a replay."""
    search = ReplaySearch(index, count, WAR, distinct=distinct, through=through)
    while (found := search.step()) is None:
        pass
    return found


@given(
    versions=st.lists(st.tuples(st.integers(0, 8), st.sampled_from(["War", "Drama"])), max_size=30),
    count=st.integers(0, 5),
    through=st.integers(0, 30),
)
def test_the_last_films_that_match_come_after_the_start(
    versions: list[tuple[int, str]], count: int, through: int
) -> None:
    """Exactly so many come up to the end, or all of them. Distinct films count by their newest versions."""
    index = index_of(versions)
    matching = [at for at, (_, genre) in enumerate(versions, 1) if genre == "War"]
    newest = {number: at for at, (number, _) in enumerate(versions, 1)}
    for distinct in (False, True):
        due = [at for at in matching if at <= through and (not distinct or newest[versions[at - 1][0]] == at)]
        found = start(index, count, distinct=distinct, through=through)
        assert [at for at in due if at > found] == (due[-count:] if count else [])


def test_a_slice_with_fewer_films_than_asked_is_enough() -> None:
    """The first step knows that there is nothing more to search, so the stream starts with its first block."""
    assert ReplaySearch(index_of([(1, "Drama"), (2, "War"), (1, "War")]), 5, WAR, distinct=True, through=10).step() == 1
    assert ReplaySearch(index_of([]), 5, WAR, distinct=False, through=10).step() == 0


async def test_other_tasks_run_during_a_search() -> None:
    """A search that finds nothing pauses after each slice, and so do all searches together."""
    index, turns = index_of([(1, "Drama")] * 8000), SearchTurns()
    async with counted_pauses() as pauses, anyio.create_task_group() as searches:
        for _ in range(5):
            searches.start_soon(turns.finish, ReplaySearch(index, 5, WAR, distinct=False, through=8000))
    assert pauses.count >= 5 * 8


async def test_a_search_sends_the_first_bytes_at_once(etl_bus: Bus, stream_bus: Bus) -> None:
    """Headers and a comment come before the start is known, and the first block after it."""
    await publish(etl_bus, 1, genre=["War"])
    await publish(etl_bus, *range(2, 2102))
    async with serving(stream_bus, stream_ring_events=16) as api:
        with anyio.fail_after(60):
            while (await api.client.get("/api/stats")).status_code != 200:
                await anyio.sleep(0.005)
        for accept, first in (("text/event-stream", ": starting\nretry: "), ("application/x-ndjson", '{"id":"')):
            query = f"{STREAM}?replay=5&genre=war&until=live"
            answer = await api.client.get(query, headers={"Accept": accept})
            assert answer.text.startswith(first)
            assert answer.text.count("page_read_at") == 1
            assert "-0" in answer.text
