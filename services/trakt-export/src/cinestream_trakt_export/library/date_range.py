"""The days that an export is about. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

TimeSpan = tuple[int, int]
"""Seconds since 1970: the first second, and the first second after the span."""
_EVER = 1 << 60  # seconds
_DAY = timedelta(days=1)
_FIRST, _LAST = date(1970, 1, 2), date(9999, 12, 28)  # so that there are days around them


@dataclass(frozen=True)
class DateRange:
    """The days from `since` to `until`, both included; None: without a beginning, without an end."""

    since: date | None = None
    until: date | None = None

    def __bool__(self) -> bool:
        return bool(self.since or self.until)

    @property
    def empty(self) -> bool:
        """Whether no day is one of them."""
        return bool(self.since and self.until and self.since > self.until)

    def contains(self, day: str) -> bool:
        """Whether a day (ISO 8601) is one of them; the unknown one, empty, is before all others."""
        return (not self.since or day >= self.since.isoformat()) and (not self.until or day <= self.until.isoformat())

    def seconds(self, zone: ZoneInfo) -> TimeSpan:
        """The seconds since 1970 of the first moment, and of the first one that is too late."""
        first = _midnight(max(self.since, _FIRST), zone) if self.since else 0
        return first, _midnight(min(self.until, _LAST) + _DAY, zone) if self.until else _EVER

    @property
    def query(self) -> Mapping[str, str]:
        """How Trakt is asked for the plays of these days: a day more on both sides, whatever its zone and bounds."""
        asked = {}
        if self.since:
            asked["start_at"] = _utc(max(self.since, _FIRST) - _DAY)
        if self.until:
            asked["end_at"] = _utc(min(self.until, _LAST) + 2 * _DAY)
        return asked


def _midnight(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time(), zone).timestamp())


def _utc(day: date) -> str:
    return datetime.combine(day, time(), UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


ALL_DAYS = DateRange()
