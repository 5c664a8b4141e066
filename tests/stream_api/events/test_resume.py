"""The start of a stream: precedence and invalid values."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinestream_stream_api.events.position import Position
from cinestream_stream_api.events.resume import (
    After,
    BadQuery,
    Earliest,
    Live,
    Malformed,
    Replay,
    Since,
    parse_start,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_the_header_comes_before_the_query() -> None:
    """A browser that reconnects repeats its old URL and adds the header, which is newer."""
    assert parse_start("e-5", "e-2", "2026-11-21T12:00:00Z", 3) == After(Position("e", 5))
    assert parse_start(None, "e-2", "2026-11-21T12:00:00Z", 3) == After(Position("e", 2))
    assert parse_start(None, None, "2026-11-21T12:00:00Z", 3) == Since(NOON)
    assert parse_start(None, None, None, 3) == Replay(3)
    assert parse_start(None, None, None, None) == Live()


def test_empty_texts_count_as_absent() -> None:
    """A client without an id may send an empty one."""
    assert parse_start("", "", "", None) == Live()


def test_earliest_requests_everything() -> None:
    """The word is accepted in the query only."""
    assert parse_start(None, "earliest", None, None) == Earliest()
    assert parse_start("earliest", None, None, None) == Malformed("earliest")


def test_a_malformed_id_is_a_gap_in_the_header_and_an_error_in_the_query() -> None:
    """A browser cannot correct its header, but the author of a query can."""
    assert parse_start("x" * 500, None, None, None) == Malformed("x" * 100)
    with pytest.raises(BadQuery):
        parse_start("e-5", "nonsense", None, None)
    with pytest.raises(BadQuery):
        parse_start("e-5", None, "yesterday", None)


@given(st.text(), st.text(), st.text())
def test_any_input_starts_somewhere_or_is_a_bad_query(header: str, last: str, since: str) -> None:
    """No text leads to another exception than BadQuery."""
    with suppress(BadQuery):
        parse_start(header, last, since, None)


def test_since_takes_any_time() -> None:
    """Each form of a time is a start, and the error names the parameter."""
    for text in ("2026-11-21 12:00", "2026-11-21t13:00:00.000 01:00", "1795262400"):
        assert parse_start(None, None, text, None) == Since(NOON)
    with pytest.raises(BadQuery, match="since: expected seconds since 1970"):
        parse_start(None, None, "1795262400000", None)
