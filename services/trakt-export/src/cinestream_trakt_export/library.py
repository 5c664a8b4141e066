"""What an item of a Trakt list says about a film. Pure.

Shapes: https://trakt.docs.apiary.io; older ones have no `type` beside a `movie`, and `collected_at` as
`last_collected_at`.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cinestream.contracts.errors import Invalid

_IMDB = re.compile(r"tt\d+", re.ASCII)
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff]")
_KNOWN_FROM = datetime(1971, 1, 1, tzinfo=UTC)
_TIMES = ("watched_at", "last_watched_at", "rated_at", "listed_at", "collected_at", "last_collected_at")


@dataclass(frozen=True)
class Film:
    """What identifies a film for Letterboxd; empty strings for what is not known."""

    tmdb: str
    imdb: str
    title: str
    year: str

    @property
    def key(self) -> str:
        """Equal for what Letterboxd takes for the same film."""
        if self.tmdb:
            return f"tmdb:{self.tmdb}"
        return f"imdb:{self.imdb}" if self.imdb else f"title:{self.title.casefold()} ({self.year})"


@dataclass(frozen=True)
class Entry:
    """One item: a play, a watched film, a rating, a film on a list. `at` is None when the time is not known."""

    id: str
    trakt: int | None
    film: Film
    at: datetime | None
    plays: int = 1
    rating: int | None = None
    notes: str = ""


def entry_id(item: Any, *, fallback: str) -> str:
    """What tells this item from all others of its list, also for an item that is otherwise malformed."""
    if not isinstance(item, dict):
        return fallback
    if isinstance(item.get("id"), int):
        return f"id:{item['id']}"
    trakt = _trakt(item)
    return fallback if trakt is None else f"film:{trakt}"


def parse_entry(item: Any, *, id: str) -> Entry:
    """The entry that an item is; raises Invalid, with the reason, for one that is not a film or not readable."""
    if not isinstance(item, dict):
        raise Invalid("not an object")
    kind = item.get("type", "movie")
    if kind != "movie" or not isinstance(item.get("movie"), dict):
        raise Invalid(f"not a film but: {kind}" if kind != "movie" else "an item without a film")
    rating, plays = item.get("rating"), item.get("plays")
    return Entry(
        id=id,
        trakt=_trakt(item),
        film=_film(item["movie"]),
        at=_time(next((item[name] for name in _TIMES if item.get(name)), None)),
        plays=plays if isinstance(plays, int) and plays > 0 else 1,
        rating=rating if isinstance(rating, int) and 1 <= rating <= 10 else None,
        notes=_text(item.get("notes")),
    )


def title_of(item: Any) -> str:
    """A name for an item in a report, as good as it gets."""
    for name in ("movie", "show", "episode"):
        thing = item.get(name) if isinstance(item, dict) else None
        if isinstance(thing, dict) and thing.get("title"):
            return _text(thing["title"])
    return ""


def _trakt(item: dict[str, Any]) -> int | None:
    movie = item.get("movie")
    ids = movie.get("ids") if isinstance(movie, dict) else None
    trakt = ids.get("trakt") if isinstance(ids, dict) else None
    return trakt if isinstance(trakt, int) else None


def _film(movie: dict[str, Any]) -> Film:
    ids = movie.get("ids")
    ids = ids if isinstance(ids, dict) else {}
    tmdb, imdb, year = ids.get("tmdb"), _text(ids.get("imdb")), movie.get("year")
    film = Film(
        tmdb=str(tmdb) if isinstance(tmdb, int) and tmdb > 0 else "",
        imdb=imdb if _IMDB.fullmatch(imdb) else "",
        title=" ".join(_text(movie.get("title")).split()),
        year=str(year) if isinstance(year, int) and 1800 <= year <= 9999 else "",
    )
    if not (film.tmdb or film.imdb or film.title):
        raise Invalid("neither a TMDB id, nor an IMDb id, nor a title")
    return film


def _time(value: Any) -> datetime | None:
    """A time of Trakt; None for none, and for 1970, which Trakt uses for "some day"."""
    if value is None:
        return None
    try:
        time = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise Invalid(f"not a time: {value!r}") from None
    time = time if time.tzinfo else time.replace(tzinfo=UTC)
    return time if time >= _KNOWN_FROM else None


def _text(value: Any) -> str:
    """Text that can be written as UTF-8: lone surrogates and control characters are dropped."""
    if not isinstance(value, str):
        return ""
    return _UNWRITABLE.sub("", value)
