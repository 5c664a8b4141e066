"""Pages of films: found, sorted, and in parts that fit the stream."""

import random
import time
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.stream_api.films import PAGE_TIME, movie
from tests.stream_api.pauses import counted_pauses

from cinestream_stream_api.catalogue.film_index import FilmIndex
from cinestream_stream_api.catalogue.film_pages import Cursor, FilmQuery, Sort, page_of, parse_cursor
from cinestream_stream_api.events.event import Event, film
from cinestream_stream_api.events.filters import Filter
from cinestream_stream_api.events.listing import search_words
from cinestream_stream_api.events.position import Position

YEARS = st.sampled_from([None, "1994", "1995", "2001"])
RATINGS = st.sampled_from([None, 1.0, 7.5, 9.3])
TITLES = st.sampled_from(["Alien", "ÁLIEN", "Brazil", "Éloge", "???", "2001", "Z" * 100, "Z" * 100 + "!"])
VERSIONS = st.lists(st.tuples(st.integers(1, 12), YEARS, RATINGS, TITLES), max_size=12)


def event(number: int, sequence: int, **changes: Any) -> Event:
    """Return a version of a film at a sequence."""
    envelope = movie(number, **changes).encode(page_time=PAGE_TIME)
    return film(Position("e", sequence), envelope.headers, envelope.body)


def index_of(*films: dict[str, Any]) -> FilmIndex:
    """Return an index of films with these fields, numbered from 1."""
    index = FilmIndex(Position("e", 0))
    for number, changes in enumerate(films, 1):
        index.add([event(number, number, **changes)], through=number)
    return index


async def pages_between(
    index: FilmIndex, sort: Sort, size: int, meanwhile: list[list[tuple[int, Any, Any, str]]]
) -> tuple[list[str], set[str]]:
    """Return the ids on all pages, and those of the films that were published between two pages."""
    first, sequence, streamed = index.position, index.position.sequence, set[str]()
    seen, cursor = await page_of(index, FilmQuery(sort=sort), size, None, anyio.Lock())
    for versions in [*meanwhile, *[[]] * 12]:
        if cursor is None:
            break
        for number, year, rating, title in versions:
            sequence += 1
            index.add([event(number, sequence, year=year, rating=rating, title=title)], through=sequence)
            streamed.add(movie(number).id)
        assert cursor.position == first
        ids, cursor = await page_of(index, FilmQuery(sort=sort), size, parse_cursor(str(cursor)), anyio.Lock())
        seen += ids
    assert cursor is None
    return seen, streamed


@given(before=VERSIONS, meanwhile=st.lists(VERSIONS, max_size=4), size=st.integers(1, 5), sort=st.sampled_from(Sort))
def test_pages_and_the_stream_together_have_every_film(
    before: list[Any], meanwhile: list[list[Any]], size: int, sort: Sort
) -> None:
    """In every order, a film is on one page, or in the stream from the first page on."""
    index = FilmIndex(Position("e", 0))
    for sequence, (number, year, rating, title) in enumerate(before, 1):
        index.add([event(number, sequence, year=year, rating=rating, title=title)], through=sequence)
    seen, streamed = anyio.run(pages_between, index, sort, size, meanwhile)
    assert len(seen) == len(set(seen))
    assert set(seen) | streamed >= {movie(number).id for number, *_ in before}


def found(index: FilmIndex, q: str = "", sort: Sort = Sort.NEWEST, **filter: Any) -> list[int]:
    """Return the numbers of the films of a query, in their order."""
    ids, _ = anyio.run(page_of, index, FilmQuery(Filter(**filter), search_words(q), sort), 99, None, anyio.Lock())
    return [int(id[2:]) for id in ids]


def test_films_are_sorted_with_unknown_values_last() -> None:
    """The best, the latest or the first comes first. Equal ones are sorted by title."""
    index = index_of(
        {"title": "Éloge", "rating": 7.0, "year": "2001"},
        {"title": "alien", "rating": None, "year": "1979"},
        {"title": "Brazil", "rating": 9.0, "year": None},
        {"title": "2001", "rating": 9.0, "year": "1968"},
    )
    assert found(index, sort=Sort.NEWEST) == [4, 3, 2, 1]
    assert found(index, sort=Sort.RATING) == [4, 3, 1, 2]
    assert found(index, sort=Sort.YEAR) == [1, 2, 4, 3]
    assert found(index, sort=Sort.TITLE) == [4, 2, 3, 1]


@pytest.mark.parametrize(
    ("q", "numbers"),
    [
        ("amelie", [1]),
        ("AMÉLIE tautou", [1]),
        ("fabuleux destin", [1]),
        ("poul jeunet", [1]),
        ("fabu", [1]),
        ("buleux", []),
        ("spider-man", [2]),
        ("spider man", [2]),
        ("spiderman", [2]),
        ("rosemarys baby", [3]),
        ("rosemary's", [3]),
        ("polanski mia", [3]),
        ("polanski tautou", []),
        ("千と", [4]),
        ("", [4, 3, 2, 1]),
    ],
)
def test_every_word_begins_a_word_of_a_title_or_a_person(q: str, numbers: list[int]) -> None:
    """Titles are found in any form and spelling, and people in all their roles."""
    index = index_of(
        {
            "title": "Amélie",
            "original_title": "Le fabuleux destin d'Amélie Poulain",
            "director": ["Jean-Pierre Jeunet"],
            "stars": ["Audrey Tautou"],
        },
        {"title": "Spider-Man", "director": ["Sam Raimi"]},
        {"title": "Rosemary's Baby", "director": ["Roman Polański"], "stars": ["Mia Farrow"]},
        {"title": "Spirited Away", "original_title": "千と千尋の神隠し", "director": ["Hayao Miyazaki"]},
    )
    assert found(index, q) == numbers


def test_words_and_filters_must_both_match() -> None:
    """A film that passes one of both is not found."""
    index = index_of({"title": "Alien", "rating": 8.5}, {"title": "Aliens", "rating": 8.4})
    assert found(index, "alien", min_rating=8.5) == [1]


@pytest.mark.parametrize(
    "text",
    [
        *("", ".", "e-1", "e-1.", "e-1.x", "e-1.-2", "x.1", "e-1.²", "e-1.newest.W10", "e-1.rating.", "e-1.rating.W10"),
        *("e-1.rating.é", "e-1.size.WzEsIiIsIiJd", "e-1.rating.WzEsIiIsMl0", "e-1.rating.WzEsIiIsIiJd.1"),
    ],
)
def test_a_malformed_cursor_is_none(text: str) -> None:
    """Parsing a malformed cursor returns None."""
    assert parse_cursor(text) is None


@pytest.mark.parametrize("sort", [Sort.RATING, Sort.YEAR, Sort.TITLE])
def test_a_cursor_is_parsed_back(sort: Sort) -> None:
    """Parsing the text of a cursor gives the same cursor, which a URL holds as it is."""
    cursor = Cursor(Position("mwpz3sdn", 42), sort, (-9.3, "千 " * 30, "tt0000001"))
    assert parse_cursor(str(cursor)) == cursor
    assert str(cursor).replace("_", "-").replace("-", "").replace(".", "").isalnum()


def test_the_cursor_of_the_newest_films_is_a_sequence() -> None:
    """Clients may have kept such cursors."""
    cursor = parse_cursor("mwpz3sdn-42.17")
    assert cursor is not None
    assert (str(cursor), cursor.before) == ("mwpz3sdn-42.17", 17)


def test_a_search_of_many_films_is_quick() -> None:
    """The work is linear in the films, and takes about 20 ms for 20,000."""
    letters = random.Random(1)
    index = FilmIndex(Position("e", 0))
    envelope = movie(1).encode(page_time=PAGE_TIME)
    for number in range(1, 2001):
        name = "".join(letters.choices("abcdefghij", k=12)).encode()
        body = envelope.body.replace(b"tt0000001", b"tt%07d" % number).replace(b"Film 1", name)
        index.add([film(Position("e", number), envelope.headers, body)], through=number)
    start = time.process_time()
    assert found(index, "a b c d e f g h", sort=Sort.TITLE) == []
    assert len(found(index, "frank king tim", sort=Sort.RATING)) == 99
    # The limit is for slow machines: it takes about 5 ms.
    assert time.process_time() - start < 1


@pytest.mark.anyio
async def test_searches_at_the_same_time_take_turns() -> None:
    """Other tasks run after each slice of any search, not after a slice of all of them."""
    index, turn = index_of(*[{}] * 1500), anyio.Lock()
    async with counted_pauses() as pauses, anyio.create_task_group() as searches:
        for _ in range(20):
            searches.start_soon(page_of, index, FilmQuery(sort=Sort.TITLE), 5, None, turn)
    assert pauses.count >= 20 * 3
