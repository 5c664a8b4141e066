"""Times: as clients send them, and as numbers."""

import re
from datetime import UTC, datetime, timedelta

MAX_LENGTH = 1000
"""Characters of a time. A fraction of a second may have any length within it."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

_NUMBER = re.compile(r"([0-9]{1,20})(?:\.([0-9]*))?")
_MIN_SECONDS, _MAX_SECONDS = 10**8, 10**11
"""Limits of seconds since 1970. A smaller number is a year or a mistake, and a larger one counts milliseconds."""

_BASIC_DATE = len("20261121")
_DATE = len("2026-11-21")
_LOST_PLUS = re.compile(r" (?=[0-9]{2}:?[0-9]{2}\Z)")
"""The place of a "+" that was not percent-encoded in the URL, and so arrives as a space."""

_ISO = re.compile(r"[0-9]{4}-?(?:[0-9]{2}-?[0-9]{2}|W[0-9]{2}(?:-?[0-9])?)(?:[T ].*)?")
"""A date and the separator of a time. Python alone would accept any separator."""

_LEAP_SECOND = re.compile(r":[0-9]{2}:60(?![0-9])")


def parse_time(text: str) -> datetime:
    """Parse a time: RFC 3339, another form of ISO 8601, or seconds since 1970.

    A time without an offset is UTC, and a date is its first moment. Digits beyond microseconds are dropped. A leap
    second is the second before it, which clocks repeat.

    Returns:
        The time in UTC.

    Raises:
        ValueError: the text is not a time. The message says what is expected.
    """
    if len(text) <= MAX_LENGTH:
        if len(text) != _BASIC_DATE and (number := _NUMBER.fullmatch(text)):
            return _from_seconds(number[1], number[2] or "")
        try:
            return _from_iso(text.upper())
        except (ValueError, OverflowError):
            pass
    raise ValueError("expected an RFC 3339 time, like 2026-11-21T08:00:00Z, or seconds since 1970, like 1795248000")


def _from_seconds(whole: str, fraction: str) -> datetime:
    seconds = int(whole)
    if seconds and not _MIN_SECONDS <= seconds < _MAX_SECONDS:
        raise ValueError(f"expected seconds since 1970, like 1795248000, and {whole} cannot be that")
    return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=int(f"{fraction[:6]:0<6}"))


def _from_iso(text: str) -> datetime:
    if not _ISO.fullmatch(text):
        raise ValueError("the form of a date is wrong")
    text = text[: _DATE + 1] + _LOST_PLUS.sub("+", text[_DATE + 1 :])
    leap = _LEAP_SECOND.search(text)
    if leap:
        text = f"{text[: leap.end() - 2]}59{text[leap.end() :]}"
    moment = datetime.fromisoformat(text)
    moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    if leap and (moment.hour, moment.minute) != (23, 59):
        raise ValueError("a leap second is the last one of a day in UTC")
    return moment


def to_milliseconds(moment: datetime) -> int:
    """Return an aware time in Unix milliseconds. Microseconds are cut."""
    # Not by `timestamp`, whose float may be a millisecond less.
    return (moment - _EPOCH) // _MILLISECOND


def from_milliseconds(milliseconds: int) -> str:
    """Return Unix milliseconds as RFC 3339 in UTC."""
    time = _EPOCH + milliseconds * _MILLISECOND
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
