"""Converters for the values in Trakt's JSON. Pure.

A value of the wrong type counts as missing, so that one odd value does not cost the whole item. Only a malformed time
is an error.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from cinestream.contracts.errors import Invalid
from cinestream_flow.message import Message

_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff]")
_EPOCH, _SECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(seconds=1)
_KNOWN_FROM, _KNOWN_TO = datetime(1971, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
FIRST, LAST = ((time - _EPOCH) // _SECOND for time in (_KNOWN_FROM, _KNOWN_TO))
"""The limits of known times, in seconds since 1970.

Trakt writes a time of 1970 for an unknown time. Times of 9999 cannot be converted to every time zone.
"""
LARGEST = 1 << 53
"""The largest number that is accepted. It leaves room in SQLite's 64-bit integers, where ids are doubled."""
Row = tuple[str, ...]
"""The fields of a row of a file."""
Skipped = tuple[str, str, Message]
"""An item that was left out: its id, its title and the reason."""


class Rating(NamedTuple):
    """A rating of a film.

    Args:
        value: 1 to 10.
        at: the time of the rating in seconds since 1970. None means an unknown time.
    """

    value: int
    at: int | None


def number_text(value: Any, *, minimum: int = 1, maximum: int = LARGEST) -> str:
    """Return a number as text. Return an empty text for any other value, and for a number out of range."""
    return str(value) if isinstance(value, int) and minimum <= value <= maximum else ""


def id_text(value: Any) -> str:
    """Return an IMDb id, such as "tt0111161". Return an empty text for any other value."""
    if not isinstance(value, str) or value[:2] != "tt":
        return ""
    number = value[2:]
    return value if number.isdecimal() and number.isascii() else ""


def time_in(item: dict[str, Any], names: Sequence[str]) -> datetime | None:
    """Return the first of these times that an item has. Return None for an unknown time.

    Trakt writes a time of 1970 for a play at an unknown time.

    Raises:
        Invalid: the value is not a time.
    """
    return time_of(next((item[name] for name in names if item.get(name)), None))


def seconds_of(value: Any) -> int | None:
    """Return a time of Trakt in seconds since 1970, or None. See `time_in`."""
    time = time_of(value)
    return None if time is None else (time - _EPOCH) // _SECOND


def time_of(value: Any) -> datetime | None:
    """Return a time of Trakt, or None. See `time_in`."""
    if value is None:
        return None
    try:
        time = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise Invalid(Message("not a time: {value!r}", value=value)) from None
    time = time if time.tzinfo else time.replace(tzinfo=UTC)
    if time >= _KNOWN_TO:
        # A time on the last days of Python's calendar cannot be converted to every time zone.
        raise Invalid(Message("not a time: {value!r}", value=value))
    return time if time >= _KNOWN_FROM else None


def text_of(value: Any) -> str:
    """Return text that can be written as UTF-8. Lone surrogates and control characters are removed."""
    if not isinstance(value, str):
        return ""
    return value if value.isprintable() else _UNWRITABLE.sub("", value)


def line_of(value: Any) -> str:
    """Return text on one line, with single blanks between words."""
    return " ".join(text_of(value).split())


def rating_of(value: Any) -> int | None:
    """Return a rating from 1 to 10, or None. Trakt writes 0 for no rating."""
    return value if isinstance(value, int) and 1 <= value <= 10 else None


def id_number(value: Any) -> int | None:
    """Return a Trakt or TMDB id, or None for any other value."""
    return value if isinstance(value, int) and 0 < value <= LARGEST else None
