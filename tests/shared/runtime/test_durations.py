"""Parsing of durations."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinestream.runtime.durations import format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("45", 45), ("45s", 45), ("30m", 1800), ("24h", 86_400), ("7 d", 604_800), ("0.5", 0.5), ("500ms", 0.5)],
)
def test_durations(text: str, seconds: float) -> None:
    """A number without a unit is seconds, and a unit after it multiplies it."""
    assert parse_duration(text) == seconds


@given(st.text("0123456789.smhd @-x٣", max_size=8))
def test_any_text_is_a_duration_or_refused(text: str) -> None:
    """Each text is either a duration or raises ValueError."""
    if re.fullmatch(r"[0-9]+(\.[0-9]+)? *+(ms|[smhd])?", text.strip(" ")):
        assert parse_duration(text) >= 0
    else:
        with pytest.raises(ValueError, match="is not a duration"):
            parse_duration(text)


def test_a_unit_can_be_required() -> None:
    """With `unit_required`, a number alone is not a duration."""
    assert parse_duration("6h", unit_required=True) == 21_600
    with pytest.raises(ValueError, match="is not a duration"):
        parse_duration("6", unit_required=True)


@given(st.integers(1, 999_999_999))
def test_a_period_is_written_as_it_is_read(seconds: int) -> None:
    """The text of a duration is read as the same duration."""
    assert parse_duration(format_duration(seconds)) == seconds
