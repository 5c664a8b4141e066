"""The index of all events, compared with a plain list of them."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from tests.stream_api.films import movie

from cinestream_stream_api.catalogue.event_index import EventIndex
from cinestream_stream_api.events.filters import Facets, facets

STEPS = st.one_of(
    st.tuples(st.just("add"), st.integers(1, 4), st.integers(-3, 9)),
    st.tuples(st.just("remove"), st.integers(1, 4), st.just(0)),
    st.tuples(st.just("forget"), st.integers(0, 9), st.just(0)),
)


def film(number: int, rating: float = 7.5) -> Facets:
    """Return the facets of a film, as a new object."""
    return facets(movie(number, rating=rating).model_dump(mode="json"))


def at(milliseconds: int) -> datetime:
    """Return a time."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


@given(steps=st.lists(STEPS, max_size=40), since=st.integers(0, 60), length=st.integers(0, 60))
def test_the_index_equals_a_list(steps: list[tuple[str, int, int]], since: int, length: int) -> None:
    """Events are found by film and by time after any additions, removals and cuts. Times never fall."""
    index, expected, sequence, clock = EventIndex(), list[tuple[int, int, str]](), 0, 10
    time = 0
    for kind, number, step in steps:
        if kind == "add":
            sequence += 1 + number
            clock += step
            time = max(time, clock)
            index.add(sequence, at(clock), film(number))
            expected.append((sequence, time, movie(number).id))
        elif kind == "remove":
            index.remove(movie(number).id)
            expected = [event for event in expected if event[2] != movie(number).id]
        else:
            index.forget(before=sequence - number)
            expected = [event for event in expected if event[0] >= sequence - number]
    found = [event for part in index.slices(since=since, until=since + length) for event in part]
    assert [(moment, shown.id) for moment, shown in found if shown] == [
        event[1:] for event in expected if since <= event[1] < since + length
    ]
    for number in range(1, 5):
        versions = [event[0] for event in reversed(expected) if event[2] == movie(number).id]
        assert index.versions(movie(number).id, 3) == versions[:3]


def test_versions_share_their_facets() -> None:
    """A version with the same facets takes no memory for them, and one that differs only for what differs."""
    index = EventIndex()
    first = index.add(1, None, film(1))
    assert index.add(2, at(5), film(1)) is first
    changed = index.add(3, at(5), film(1, rating=8.0))
    assert changed.rating == 8.0
    assert changed.id is first.id
    assert [shown for part in index.slices(since=0, until=6) for _, shown in part] == [first, first, changed]


def test_the_index_may_change_during_a_walk() -> None:
    """A walk skips what is dropped meanwhile, and does not see what is added."""
    index = EventIndex()
    for sequence in range(1, 5001):
        index.add(sequence, at(sequence), film(1 + sequence % 3))
    walk = index.slices(since=0, until=10**6)
    assert [time for time, _ in next(walk)] == list(range(1, 1001))
    index.forget(before=3001)
    index.add(5001, at(6000), film(1))
    assert [time for time, _ in next(walk)] == list(range(3001, 4001))
    index.forget(before=5001)
    assert [time for part in walk for time, _ in part] == []
