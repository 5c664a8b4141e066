"""Gaps: which positions history does not continue, and where the client continues instead."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinestream_stream_api.events import frames
from cinestream_stream_api.events.gap import Gap, StreamBounds, gap_after, malformed_gap
from cinestream_stream_api.events.position import Position

BOUNDS = StreamBounds("e", 10, 20)
FIRST, HEAD, BEFORE = Position("e", 10), Position("e", 20), Position("e", 9)


@pytest.mark.parametrize(
    ("position", "cause", "missed", "missed_by_live"),
    [
        (Position("e", 9), None, None, None),
        (Position("e", 20), None, None, None),
        (Position("e", 8), "expired", 1, 12),
        (Position("e", 0), "expired", 9, 20),
        (Position("e", 21), "beyond_last", None, None),
        (Position("d", 15), "other_epoch", None, None),
    ],
)
def test_a_gap_is_a_position_that_history_does_not_continue(
    position: Position, cause: str | None, missed: int | None, missed_by_live: int | None
) -> None:
    """History holds the sequences 10 to 20 of epoch e. By default it continues there, on request live."""
    text = str(position)
    assert gap_after(position, BOUNDS) == gap_after(position, BOUNDS, "history")
    assert gap_after(position, BOUNDS) == (Gap(cause, text, FIRST, missed, BEFORE) if cause else None)
    assert gap_after(position, BOUNDS, "live") == (Gap(cause, text, FIRST, missed_by_live, HEAD) if cause else None)


def test_a_malformed_id_continues_live() -> None:
    """The text may be anything, so that history would repeat everything to a client with a mistake in its header."""
    assert malformed_gap("x", BOUNDS) == Gap("malformed", "x", FIRST, None, HEAD)
    assert malformed_gap("x", BOUNDS, "history") == Gap("malformed", "x", FIRST, None, BEFORE)


def test_a_stream_that_never_held_anything_starts_at_zero() -> None:
    """The position before the first event of an empty stream is zero, also for a client that continues live."""
    empty = StreamBounds("e", 0, 0)
    assert empty.before_first == Position("e", 0)
    assert gap_after(Position("e", 0), empty) is None
    assert malformed_gap("x", empty).position == Position("e", 0)


@given(st.text())
def test_any_text_is_quoted_in_one_line(text: str) -> None:
    """Whatever a client sent as its id, the data of the gap is one line of JSON with that text."""
    data = frames.gap_data(requested=text, first_available="e-1", missed=None)
    assert len(data.decode().splitlines()) == 1
    assert json.loads(data)["requested"] == text
