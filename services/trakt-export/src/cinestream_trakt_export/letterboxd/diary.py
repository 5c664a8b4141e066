"""The rows that Letterboxd imports, made from the entries of a film. Pure.

Source of the columns: https://letterboxd.com/about/importing-data/. Letterboxd counts every film of a film import as
watched. Films of the watchlist and of the collection may not have been watched, so their files have the columns of a
list.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from cinestream_trakt_export.library.date_range import ALL_DAYS, DateRange
from cinestream_trakt_export.library.films import Entry
from cinestream_trakt_export.library.values import Rating, Row

_DAY_SECONDS = 86400
_DAYS = 1 << 15  # the days of 90 years
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
    """Return the calendar day (ISO 8601) of a time in a time zone. Return an empty text for an unknown time.

    `at` is in seconds since 1970.
    """
    if at is None:
        return ""
    offset = _offset(at // _DAY_SECONDS, zone)
    return _moment(at, zone).date().isoformat() if offset is None else _date((at + offset) // _DAY_SECONDS)


@lru_cache(maxsize=_DAYS)
def _offset(day: int, zone: ZoneInfo) -> int | None:
    """Return the seconds by which a zone is ahead of UTC on a day of UTC. Return None if the clocks change that day.

    A million plays have few different days, so the cached offset of a day saves most conversions.
    """
    before, after = (_moment(at, zone).utcoffset() for at in (day * _DAY_SECONDS, (day + 1) * _DAY_SECONDS))
    return int(before.total_seconds()) if before == after and before is not None else None


@lru_cache(maxsize=_DAYS)
def _date(day: int) -> str:
    return datetime.fromtimestamp(day * _DAY_SECONDS, UTC).date().isoformat()


def _moment(at: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at, zone)


def rows_of_film(
    form: str, entries: Sequence[Entry], rating: Rating | None, zone: ZoneInfo, *, date_range: DateRange = ALL_DAYS
) -> Iterable[Row]:
    """Return the rows of one film.

    Args:
        form: a key of `COLUMNS`, which defines the fields. A diary has a row for each day on which the film was
            watched. All other forms have one row for each film.
        entries: all entries of the film in a list, the oldest first. Entries at unknown times come before it.
        rating: the rating of the film, or None.
        zone: the time zone of the viewer.
        date_range: rows of other days are left out.
    """
    first, last = entries[0], entries[-1]
    if form == "diary":
        return _viewings(entries, rating, zone, date_range)
    if date_range and not date_range.contains(local_date(last.at, zone)):
        return []
    if form == "films":
        date = local_date(last.at, zone)
        again = sum(entry.plays for entry in entries) > 1
        return [(*last.identity, _rating_field(rating), date, _rewatch(date, again=again))]
    if form == "ratings":
        return [(*first.identity, _rating_field(rating))] if rating else []
    return [(*first.identity, first.notes)] if form == "watchlist" else [(*first.identity,)]


def _viewings(plays: Sequence[Entry], rating: Rating | None, zone: ZoneInfo, date_range: DateRange) -> Iterator[Row]:
    """Yield a row for each day with a play. A play at an unknown time comes first: "watched at some time"."""
    rated = local_date(_nearest(plays, rating), zone) if rating else None
    before, identity, limited = None, plays[0].identity, bool(date_range)
    for play in plays:
        date = local_date(play.at, zone)
        if date != before and (not limited or date_range.contains(date)):
            yield (
                *identity,
                _rating_field(rating) if date == rated else "",
                date,
                _rewatch(date, again=before is not None),
            )
        before = date


def _nearest(plays: Sequence[Entry], rating: Rating) -> int | None:
    """Return the time of the play that is nearest to the rating.

    Return that of the first play if the times cannot be compared because they are unknown.
    """
    rated_at, dated = rating.at, [play.at for play in plays if play.at is not None]
    if rated_at is None or not dated:
        return plays[0].at
    return min(dated, key=lambda at: abs(at - rated_at))


def _rating_field(rating: Rating | None) -> str:
    return str(rating.value) if rating else ""


def _rewatch(date: str, *, again: bool) -> str:
    """Return the field `Rewatch`. Letterboxd accepts it only in a row with a date."""
    return ("true" if again else "false") if date else ""
