"""The ring: a cursor that the ring still reaches sees each event once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.stream_api.films import PAGE_TIME, movie
from tests.stream_api.sse import Reader, unchunked

from cinestream_stream_api.events.event import MAX_CHUNK, Event, View, film
from cinestream_stream_api.events.filters import Filter, values
from cinestream_stream_api.events.frames import Wire
from cinestream_stream_api.events.position import Position
from cinestream_stream_api.log.ring import Ring

BIG = 1 << 30


def event(sequence: int, genre: str = "Drama") -> Event:
    """Return an event at that sequence."""
    sent = movie(sequence, genre=[genre], genre_categories=[]).encode(page_time=PAGE_TIME)
    return film(Position("e", sequence), sent.headers, sent.body)


def sequences(ring: Ring, after: int, view: View) -> list[int]:
    """Return the sequences that a cursor sees until it reaches the head."""
    reader, seen, data = Reader(), list[int](), b""
    while after < ring.head:
        chunk = ring.chunk(after, view)
        assert chunk.sequence > after
        after, data = chunk.sequence, data + unchunked(chunk.framed)
    seen += [e.sequence for e in reader.feed(data)]
    return seen


@given(
    jumps=st.lists(st.integers(1, 4), max_size=60),
    max_events=st.integers(1, 40),
    start=st.integers(0, 5),
    cursor=st.integers(0, 200),
)
def test_a_cursor_sees_everything_after_it_once_and_in_order(
    jumps: list[int], max_events: int, start: int, cursor: int
) -> None:
    """A cursor sees exactly the newest events, each once, with any jumps between sequences and any limit."""
    ring = Ring("e", start, max_events=max_events, max_bytes=BIG)
    stored, head = [], start
    for jump in jumps:
        head += jump
        stored.append(head)
        ring.append(event(head))
    newest = stored[-max_events:]
    assert ring.head == head
    assert ring.floor == ([start, *stored][-len(newest) - 1] if stored else start)
    assert [e.sequence for e in ring.newest_first()] == newest[::-1]
    if ring.floor <= cursor:
        assert sequences(ring, cursor, View()) == [s for s in newest if s > cursor]


@given(st.lists(st.sampled_from(["Drama", "War"]), max_size=30), st.integers(0, 30))
def test_a_filtered_cursor_moves_past_hidden_events(genres: list[str], cursor: int) -> None:
    """The cursor ends at the head even if no event matched."""
    ring = Ring("e", 0, max_events=100, max_bytes=BIG)
    for number, genre in enumerate(genres, 1):
        ring.append(event(number, genre))
    expected = [n for n, genre in enumerate(genres, 1) if genre == "War" and n > cursor]
    assert sequences(ring, cursor, View(filter=Filter(genre=values(["war"])))) == expected


def test_equal_requests_get_the_same_bytes() -> None:
    """Bytes are joined once per cursor and view, and joined again after an append."""
    ring = Ring("e", 0, max_events=100, max_bytes=BIG)
    ring.append(event(1))
    view = View()
    first = ring.chunk(0, view)
    assert ring.chunk(0, view).framed is first.framed
    ring.append(event(2))
    assert ring.chunk(0, view).framed != first.framed


def test_chunks_are_bounded() -> None:
    """A chunk is hardly larger than its limit, however many events there are."""
    ring = Ring("e", 0, max_events=2000, max_bytes=BIG)
    for number in range(1, 1001):
        ring.append(event(number))
    assert MAX_CHUNK <= len(ring.chunk(0, View()).framed) < MAX_CHUNK + 1000
    assert len(sequences(ring, 0, View())) == 1000


def test_the_ring_is_bounded_in_bytes() -> None:
    """Large events push out more small ones, but the newest event always stays."""
    size = event(1).size
    ring = Ring("e", 0, max_events=1000, max_bytes=size * 3 + 100)
    for number in range(1, 11):
        ring.append(event(number))
    assert len(ring) == 3
    assert Ring("e", 0, max_events=1, max_bytes=1).floor == 0


def test_an_append_out_of_order_is_an_error() -> None:
    """A repeated sequence or another epoch is a bug of the caller."""
    ring = Ring("e", 5, max_events=10, max_bytes=BIG)
    with pytest.raises(ValueError, match="does not follow"):
        ring.append(event(5))
    with pytest.raises(ValueError, match="does not follow"):
        ring.append(Event(Position("other", 6), "movie", b"{}"))


def test_a_deleted_end_moves_the_head() -> None:
    """The head moves past sequences that will never come, without an event."""
    ring = Ring("e", 0, max_events=10, max_bytes=BIG)
    ring.append(event(1))
    ring.advance(4)
    assert ring.chunk(0, View()).sequence == 4
    assert sequences(ring, 1, View()) == []


def test_other_formats_are_made_once() -> None:
    """The frame of a format is the same object for all clients."""
    one = event(1)
    assert one.frame(Wire.NDJSON) is one.frame(Wire.NDJSON)
    assert one.frame(Wire.SSE) is one.frame(Wire.SSE)
    assert one.data in one.frame(Wire.SSE_UNNAMED)
