"""Which rows a library becomes. Pure.

The columns are those of Letterboxd's page "Importing data". Every film of a film file counts as watched there, so
what was not watched for certain (watchlist, collection) has the columns of a list.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from cinestream_trakt_export.library import Entry, Film

Row = Mapping[str, str]
IDENTITY = ("tmdbID", "imdbID", "Title", "Year")
COLUMNS: Mapping[str, Sequence[str]] = {
    "watched": (*IDENTITY, "Rating10", "WatchedDate", "Rewatch"),
    "history": (*IDENTITY, "Rating10", "WatchedDate", "Rewatch"),
    "ratings": (*IDENTITY, "Rating10"),
    "watchlist": (*IDENTITY, "Review"),
    "collection": IDENTITY,
}


@dataclass(frozen=True)
class Rating:
    """A rating of a film, 1 to 10, and when it was given."""

    value: int
    at: datetime | None


def local_date(at: datetime | None, zone: ZoneInfo) -> str:
    """The calendar day of a moment where the viewer lives; empty for an unknown moment."""
    return at.astimezone(zone).date().isoformat() if at else ""


def rows_of_film(kind: str, entries: Sequence[Entry], rating: Rating | None, zone: ZoneInfo) -> Iterable[Row]:
    """The rows of one film: all its entries in the list `kind`, oldest first and unknown times before, and its rating.

    A list of films has one row per film; history one per day on which the film was watched.
    """
    if kind == "history":
        yield from _viewings(entries, rating, zone)
        return
    row = dict(_identity(entries[0].film))
    if kind == "watched":
        date = local_date(entries[-1].at, zone)
        again = sum(entry.plays for entry in entries) > 1
        row |= {"Rating10": _ten(rating), "WatchedDate": date, "Rewatch": _rewatch(date, again)}
    elif kind == "ratings":
        row["Rating10"] = _ten(rating)
    elif kind == "watchlist":
        row["Review"] = entries[0].notes
    yield row


def _viewings(plays: Sequence[Entry], rating: Rating | None, zone: ZoneInfo) -> Iterable[Row]:
    """One row per day. A play at an unknown time is one before all others, as Trakt uses it: "seen some day"."""
    rated_play = _nearest(plays, rating)
    for number, (date, of_day) in enumerate(groupby(plays, key=lambda play: local_date(play.at, zone))):
        rated = any(play is rated_play for play in of_day)
        yield {
            **_identity(plays[0].film),
            "Rating10": _ten(rating) if rated else "",
            "WatchedDate": date,
            "Rewatch": _rewatch(date, again=number > 0),
        }


def _nearest(plays: Sequence[Entry], rating: Rating | None) -> Entry | None:
    """The play that a rating is about: the nearest in time; the first one when no times can be compared."""
    if rating is None:
        return None
    rated_at = rating.at
    dated = [(play, play.at) for play in plays if play.at]
    if rated_at is None or not dated:
        return plays[0]
    return min(dated, key=lambda pair: abs(pair[1] - rated_at))[0]


def _identity(film: Film) -> Row:
    return dict(zip(IDENTITY, (film.tmdb, film.imdb, film.title, film.year), strict=True))


def _ten(rating: Rating | None) -> str:
    return str(rating.value) if rating else ""


def _rewatch(date: str, again: bool) -> str:
    """Letterboxd knows the column only beside a date."""
    return ("true" if again else "false") if date else ""
