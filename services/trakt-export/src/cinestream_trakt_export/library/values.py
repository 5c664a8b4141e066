"""The values in Trakt's JSON, made sure of: an odd one costs no more than itself. Pure."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from cinestream.contracts.errors import Invalid
from cinestream_trakt_export.i18n.messages import say

_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff]")
_EPOCH, _SECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(seconds=1)
_KNOWN_FROM, _KNOWN_TO = datetime(1971, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
FIRST, LAST = ((time - _EPOCH) // _SECOND for time in (_KNOWN_FROM, _KNOWN_TO))
"""Seconds since 1970 between which a time is one: before, Trakt means "some day"; in 9999 the calendar ends."""
LARGEST = 1 << 53
"""Of the numbers of Trakt."""
Row = tuple[str, ...]
"""The fields of a row of a file."""
Skipped = tuple[str, str, str]
"""An item that was left out: its id, its title, the reason."""


class Rating(NamedTuple):
    """A rating of a film, 1 to 10, and when it was given, in seconds since 1970."""

    value: int
    at: int | None


def number_text(value: Any, *, least: int = 1, most: int = LARGEST) -> str:
    """A number as text; empty for what is none, or out of its range."""
    return str(value) if isinstance(value, int) and least <= value <= most else ""


def id_text(value: Any) -> str:
    """An IMDb id; empty for what is none."""
    if not isinstance(value, str) or value[:2] != "tt":
        return ""
    number = value[2:]
    return value if number.isdecimal() and number.isascii() else ""


def time_in(item: dict[str, Any], names: Sequence[str]) -> datetime | None:
    """The first time of these that an item has; None for none, and for 1970, which Trakt uses for "some day".

    Raises Invalid for what is not a time.
    """
    return time_of(next((item[name] for name in names if item.get(name)), None))


def seconds_of(value: Any) -> int | None:
    """A time of Trakt, in seconds since 1970; otherwise as `time_in`."""
    time = time_of(value)
    return None if time is None else (time - _EPOCH) // _SECOND


def time_of(value: Any) -> datetime | None:
    """A time of Trakt; the same as `time_in`."""
    if value is None:
        return None
    try:
        time = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise Invalid(say("skipped.time", value=repr(value))) from None
    time = time if time.tzinfo else time.replace(tzinfo=UTC)
    if time >= _KNOWN_TO:
        raise Invalid(say("skipped.time", value=repr(value)))  # the calendar ends before it does everywhere on earth
    return time if time >= _KNOWN_FROM else None


def text_of(value: Any) -> str:
    """Text that can be written as UTF-8: lone surrogates and control characters are dropped."""
    if not isinstance(value, str):
        return ""
    return value if value.isprintable() else _UNWRITABLE.sub("", value)


def line_of(value: Any) -> str:
    """Text on one line, without blanks that nobody sees."""
    return " ".join(text_of(value).split())


def rating_of(value: Any) -> int | None:
    """A rating, 1 to 10; None for none, which Trakt also writes as 0."""
    return value if isinstance(value, int) and 1 <= value <= 10 else None


def id_number(value: Any) -> int | None:
    """An id at Trakt or TMDB; None for what is none."""
    return value if isinstance(value, int) and 0 < value <= LARGEST else None
