"""Times as clients send them."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinestream_stream_api.events.moment import parse_time

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
OFFSETS = st.integers(-(24 * 60 - 1), 24 * 60 - 1)


@st.composite
def rfc3339(draw: st.DrawFn) -> tuple[str, datetime]:
    """Return a time as RFC 3339 allows it to be written, and its value in microseconds."""
    moment = draw(st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31)))
    minutes = draw(OFFSETS)
    fraction = draw(st.sampled_from(["", f".{moment.microsecond:06}" + draw(st.text("0123456789", max_size=80))]))
    moment = moment if fraction else moment.replace(microsecond=0)
    digits = f"{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    # -00:00 is UTC at an unknown place.
    zones = ["Z", "z", "-00:00"] if minutes == 0 else []
    zone = draw(st.sampled_from([*zones, ("-" if minutes < 0 else "+") + digits]))
    separator = draw(st.sampled_from("Tt "))
    text = f"{moment:%H:%M:%S}{fraction}{zone}"
    aware = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    return f"{moment.year:04}-{moment:%m-%d}{separator}{text}", aware


@given(rfc3339())
def test_all_of_rfc_3339_is_read(sample: tuple[str, datetime]) -> None:
    """Case, separator, fraction and offset may have any form that the standard allows, even with a lost plus."""
    text, moment = sample
    assert parse_time(text) == moment
    assert parse_time(text).tzinfo is UTC
    assert parse_time(text.replace("+", " ")) == moment


@given(st.integers(10**8, 10**11 - 1), st.text("0123456789", max_size=80))
def test_seconds_since_1970_are_read(seconds: int, fraction: str) -> None:
    """Seconds may be whole or decimal. Digits beyond microseconds are dropped."""
    micro = timedelta(microseconds=int(fraction[:6].ljust(6, "0")))
    whole = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    assert parse_time(f"{seconds}.{fraction}") == whole + micro
    assert parse_time(str(seconds)) == whole


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T12:00:00",
        "2026-11-21 12:00",
        "2026-11-21T13:00:00+01:00",
        "2026-11-21T13:00:00 01:00",
        "2026-11-21 13:00:00 0100",
        "20261121T120000Z",
        "2026-W47-6T12:00Z",
        "1795262400",
        "1795262400.0",
    ],
)
def test_other_forms_are_read(text: str) -> None:
    """ISO 8601 has more forms than RFC 3339. A time without an offset is UTC."""
    assert parse_time(text) == NOON


def test_a_date_is_its_first_moment() -> None:
    """Eight digits are a date, not seconds since 1970. The number 0 is the beginning of time."""
    assert parse_time("2026-11-21") == parse_time("20261121") == NOON.replace(hour=0)
    assert parse_time("0") == datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2016-12-31T23:59:60Z", "2016-12-31t15:59:60-08:00", "2017-01-01 00:59:60.0+01:00"])
def test_a_leap_second_is_the_second_before_it(text: str) -> None:
    """A leap second exists at the end of a day in UTC only."""
    assert parse_time(text) == datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("yesterday", "2026-11-21T08:00:00Z"),
        ("2026-11-21T12:00:60Z", "2026-11-21T08:00:00Z"),
        ("2026-11-31", "2026-11-21T08:00:00Z"),
        ("9999-12-31T23:00:00-12:00", "2026-11-21T08:00:00Z"),
        ("2026", "seconds since 1970, like 1795248000, and 2026 cannot be that"),
        ("1795248000000", "1795248000000 cannot be that"),
        ("2026-11-21x08:00", "2026-11-21T08:00:00Z"),
        ("2026-11-21\x0008:00", "2026-11-21T08:00:00Z"),
        ("1" * 300, "2026-11-21T08:00:00Z"),
        ("1e9", "seconds since 1970, like 1795248000"),
        ("9" * 999, "seconds since 1970"),
        ("2026-11-21T12:00:00." + "0" * 1000, "seconds since 1970"),
    ],
)
def test_anything_else_is_refused_with_an_example(text: str, expected: str) -> None:
    """The error shows a valid time. A year or milliseconds are not taken for seconds."""
    with pytest.raises(ValueError, match=expected) as error:
        parse_time(text)
    assert len(str(error.value)) < 200


@given(st.text() | st.text("0123456789:-+.TZWtzw ", max_size=40))
def test_any_text_is_a_time_or_a_value_error(text: str) -> None:
    """No text leads to another exception, and every time is in UTC."""
    with suppress(ValueError):
        assert parse_time(text).tzinfo is UTC
