"""The days that an export covers. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

TimeSpan = tuple[int, int]
"""Seconds since 1970: the first second, and the first second after the span."""
_END_OF_TIME = 1 << 60  # seconds since 1970
_DAY = timedelta(days=1)
# Python's calendar ends at 9999-12-31. These limits leave room for the days that are added around a range.
_FIRST, _LAST = date(1970, 1, 2), date(9999, 12, 28)


@dataclass(frozen=True)
class DateRange:
    """The days from `since` to `until`, both included. None leaves that end open."""

    since: date | None = None
    until: date | None = None

    def __bool__(self) -> bool:
        return bool(self.since or self.until)

    @property
    def empty(self) -> bool:
        """True if the range contains no day."""
        return bool(self.since and self.until and self.since > self.until)

    def contains(self, day: str) -> bool:
        """Return True if a day (ISO 8601) is in the range. An empty text is an unknown day, before all others."""
        return (not self.since or day >= self.since.isoformat()) and (not self.until or day <= self.until.isoformat())

    def seconds(self, zone: ZoneInfo) -> TimeSpan:
        """Return the seconds that the days of the range cover in a time zone."""
        first = _midnight(max(self.since, _FIRST), zone) if self.since else 0
        return first, _midnight(min(self.until, _LAST) + _DAY, zone) if self.until else _END_OF_TIME

    @property
    def query(self) -> Mapping[str, str]:
        """Query parameters that make Trakt return the plays of these days.

        The range is one day longer at both ends. It then covers the days in every time zone, and it does not matter
        if Trakt includes its ends.
        """
        query = {}
        if self.since:
            query["start_at"] = _utc(max(self.since, _FIRST) - _DAY)
        if self.until:
            query["end_at"] = _utc(min(self.until, _LAST) + 2 * _DAY)
        return query


def _midnight(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time(), zone).timestamp())


def _utc(day: date) -> str:
    return datetime.combine(day, time(), UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


ALL_DAYS = DateRange()
