"""The film index: the last version of each film, in pages that fit the stream."""

from tests.stream_api.films import PAGE_TIME, movie

from cinestream_stream_api.catalogue.film_index import FilmIndex
from cinestream_stream_api.events.event import Event, film
from cinestream_stream_api.events.position import Position


def event(number: int, sequence: int) -> Event:
    """Return a version of a film at a sequence."""
    envelope = movie(number).encode(page_time=PAGE_TIME)
    return film(Position("e", sequence), envelope.headers, envelope.body)


def test_events_before_the_position_are_ignored() -> None:
    """A page of history that begins before the position adds only the events after it."""
    index = FilmIndex(Position("e", 0))
    index.add([event(1, 1), event(2, 2), event(1, 3)], through=5)
    index.add([event(1, 1), event(2, 2)], through=2)
    assert index.position == Position("e", 5)
    assert [film.id for film in index.newest_first()] == ["tt0000001", "tt0000002"]
