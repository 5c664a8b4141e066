"""Parsers of Trakt list items."""

import json
from typing import Any

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from cinestream.contracts.errors import Invalid
from cinestream_trakt_export.library.films import parse_entry
from cinestream_trakt_export.library.plays import parse_plays

NUMBERS = st.integers() | st.floats(allow_nan=False)
ODD: st.SearchStrategy[Any] = st.none() | st.booleans() | NUMBERS | st.text() | st.just([]) | st.just({})
TIMES = st.sampled_from(
    ["2026-07-01T22:30:00.000Z", "1970-01-01T00:33:00.000Z", "9999-12-31T23:59:59.000Z", "2026-07-01", "yesterday", ""]
)
IDS = {"trakt": st.integers(1, 9), "imdb": st.sampled_from(["tt0000001", "nm1", ""]), "tmdb": st.integers(1, 9)}
MOVIES = {"title": st.text(), "year": st.integers(1700, 2100), "ids": st.fixed_dictionaries(IDS) | ODD}
PLAYS = {
    "id": st.integers(1, 99),
    "watched_at": TIMES,
    "action": st.just("watch"),
    "type": st.sampled_from(["movie", "episode"]),
    "movie": st.fixed_dictionaries(MOVIES, optional={"genres": ODD}) | ODD,
}
OTHERS = {"rating": ODD, "notes": ODD, "plays": ODD, "listed_at": TIMES}
ITEMS = st.fixed_dictionaries(PLAYS, optional=OTHERS) | st.fixed_dictionaries({}, optional=PLAYS | OTHERS)
TITLE = {"title": "a\x1cb\u00a0 c", "year": 1999, "ids": {"trakt": 1, "tmdb": 2}}


def parsed(item: Any) -> Any:
    """Return the entry of an item, or the reason why there is none."""
    try:
        return parse_entry(json.dumps(item).encode(), position=1)
    except Invalid as error:
        return str(error)


@given(item=ITEMS)
@example(item={"id": 1, "watched_at": "2026-07-01T22:30:00.000Z", "movie": TITLE})
@example(item={"id": 1, "watched_at": "", "movie": TITLE})
def test_the_fast_parser_gives_the_same_entries(item: dict[str, Any]) -> None:
    """Every item that the fast parser accepts gives the same entry with the tolerant one."""
    raw = json.dumps(item).encode()
    try:
        (found,) = parse_plays([raw])
    except msgspec.DecodeError:
        return
    assert found == parsed(item)


def test_the_fast_parser_accepts_an_ordinary_play() -> None:
    """A play may have more facts of the film than the exporter needs."""
    ids = {"trakt": 1, "slug": "a", "imdb": None, "tmdb": 2}
    item = {"id": 1, "watched_at": "2026-07-01T22:30:00.000Z", "action": "watch", "type": "movie"}
    item |= {"movie": {"title": "A", "year": 1999, "genres": [], "ids": ids}}
    raw = json.dumps(item).encode()
    expected = (2, 2, "", 1, "", "A", "1999", 1782945000, 1, None, "")
    assert parse_plays([raw, raw]) == [expected, expected]
    assert parse_entry(raw, position=1) == expected
