"""The film index: the last version of each film, in pages that fit the stream."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.stream_api.films import PAGE_TIME, movie

from cinestream_stream_api.catalogue.film_index import Cursor, FilmIndex, parse_cursor
from cinestream_stream_api.events.event import Event, film
from cinestream_stream_api.events.filters import EVERYTHING
from cinestream_stream_api.events.position import Position


def event(number: int, sequence: int) -> Event:
    """Return a version of a film at a sequence."""
    envelope = movie(number).encode(page_time=PAGE_TIME)
    return film(Position("e", sequence), envelope.headers, envelope.body)


@given(
    before=st.lists(st.integers(1, 9), min_size=1, max_size=30),
    meanwhile=st.lists(st.lists(st.integers(1, 12), max_size=4), max_size=10),
    size=st.integers(1, 5),
)
def test_pages_and_the_stream_together_have_every_film(
    before: list[int], meanwhile: list[list[int]], size: int
) -> None:
    """A film that is published between two pages is on a page, or in the stream from the first page on."""
    index, sequence = FilmIndex(Position("e", 0)), 0
    for number in before:
        sequence += 1
        index.add([event(number, sequence)], through=sequence)
    first, seen, streamed = index.position, list[str](), set[str]()
    ids, cursor = index.page(EVERYTHING, size, None)
    seen += ids
    changes = iter(meanwhile)
    while cursor is not None:
        for number in next(changes, []):
            sequence += 1
            index.add([event(number, sequence)], through=sequence)
            streamed.add(movie(number).id)
        assert cursor.position == first
        ids, cursor = index.page(EVERYTHING, size, cursor)
        seen += ids
    assert len(seen) == len(set(seen))
    assert set(seen) | streamed >= {movie(number).id for number in before}


def test_events_before_the_position_are_ignored() -> None:
    """A page of history that begins before the position adds only the events after it."""
    index = FilmIndex(Position("e", 0))
    index.add([event(1, 1), event(2, 2), event(1, 3)], through=5)
    index.add([event(1, 1), event(2, 2)], through=2)
    assert index.position == Position("e", 5)
    assert index.page(EVERYTHING, 9, None) == (["tt0000001", "tt0000002"], None)


@pytest.mark.parametrize("text", ["", ".", "e-1", "e-1.", "e-1.x", "e-1.-2", "x.1", "e-1.²"])
def test_a_malformed_cursor_is_none(text: str) -> None:
    """Parsing a malformed cursor returns None."""
    assert parse_cursor(text) is None


def test_a_cursor_is_parsed_back() -> None:
    """Parsing the text of a cursor gives the same cursor."""
    cursor = Cursor(Position("mwpz3sdn", 42), 17)
    assert parse_cursor(str(cursor)) == cursor
