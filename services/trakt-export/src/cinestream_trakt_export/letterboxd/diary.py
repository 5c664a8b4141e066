"""Which rows a library becomes. Pure.

The columns are those of Letterboxd's page "Importing data". Every film of a film file counts as watched there, so
what was not watched for certain (watchlist, collection) has the columns of a list.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from cinestream_trakt_export.library.date_range import ALL_DAYS, DateRange
from cinestream_trakt_export.library.films import Entry
from cinestream_trakt_export.library.values import Rating, Row

_DAY, _DAYS = 86400, 1 << 15  # a day's seconds; the days of 90 years
IDENTITY = ("tmdbID", "imdbID", "Title", "Year")
_VIEWED = (*IDENTITY, "Rating10", "WatchedDate", "Rewatch")
COLUMNS: Mapping[str, Row] = {
    "diary": _VIEWED,
    "films": _VIEWED,
    "ratings": (*IDENTITY, "Rating10"),
    "watchlist": (*IDENTITY, "Review"),
    "list": IDENTITY,
}


def local_date(at: int | None, zone: ZoneInfo) -> str:
    """The calendar day of a moment where the viewer lives; empty for an unknown moment."""
    if at is None:
        return ""
    offset = _offset(at // _DAY, zone)
    return _moment(at, zone).date().isoformat() if offset is None else _date((at + offset) // _DAY)


@lru_cache(maxsize=_DAYS)
def _offset(day: int, zone: ZoneInfo) -> int | None:
    """Seconds that clocks of a zone are ahead of UTC on a day of UTC; None on a day on which they are changed."""
    before, after = (_moment(at, zone).utcoffset() for at in (day * _DAY, (day + 1) * _DAY))
    return int(before.total_seconds()) if before == after and before is not None else None


@lru_cache(maxsize=_DAYS)
def _date(day: int) -> str:
    return datetime.fromtimestamp(day * _DAY, UTC).date().isoformat()


def _moment(at: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at, zone)


def rows_of_film(
    form: str, entries: Sequence[Entry], rating: Rating | None, zone: ZoneInfo, *, date_range: DateRange = ALL_DAYS
) -> Iterable[Row]:
    """The rows of one film: all its entries in a list, oldest first and unknown times before, and its rating.

    A `form` is a key of `COLUMNS`, and says what the fields are. All have one row per film but the diary, which has
    one per day on which the film was watched. What happened on a day outside of the date_range is left out.
    """
    first, last = entries[0], entries[-1]
    if form == "diary":
        return _viewings(entries, rating, zone, date_range)
    if date_range and not date_range.contains(local_date(last.at, zone)):
        return []
    if form == "films":
        date = local_date(last.at, zone)
        again = sum(entry.plays for entry in entries) > 1
        return [(*last.identity, _ten(rating), date, _rewatch(date, again=again))]
    if form == "ratings":
        return [(*first.identity, _ten(rating))] if rating else []
    return [(*first.identity, first.notes)] if form == "watchlist" else [(*first.identity,)]


def _viewings(plays: Sequence[Entry], rating: Rating | None, zone: ZoneInfo, date_range: DateRange) -> Iterator[Row]:
    """One row per day. A play at an unknown time is one before all others, as Trakt uses it: "seen some day"."""
    rated = local_date(_nearest(plays, rating), zone) if rating else None
    before, identity, narrow = None, plays[0].identity, bool(date_range)
    for play in plays:
        date = local_date(play.at, zone)
        if date != before and (not narrow or date_range.contains(date)):
            yield *identity, _ten(rating) if date == rated else "", date, _rewatch(date, again=before is not None)
        before = date


def _nearest(plays: Sequence[Entry], rating: Rating) -> int | None:
    """When the play was that a rating is about: the nearest in time; the first one when no times can be compared."""
    rated_at, dated = rating.at, [play.at for play in plays if play.at is not None]
    if rated_at is None or not dated:
        return plays[0].at
    return min(dated, key=lambda at: abs(at - rated_at))


def _ten(rating: Rating | None) -> str:
    return str(rating.value) if rating else ""


def _rewatch(date: str, *, again: bool) -> str:
    """Letterboxd knows the column only beside a date."""
    return ("true" if again else "false") if date else ""
