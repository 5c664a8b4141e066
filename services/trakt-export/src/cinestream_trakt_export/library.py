"""What an item of a Trakt list says about a film. Pure.

Shapes: https://trakt.docs.apiary.io; older ones have no `type` beside a `movie`, and `collected_at` as
`last_collected_at`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cinestream.contracts.errors import Invalid

_IMDB = re.compile(r"tt\d+", re.ASCII)
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff]")
_KNOWN_FROM = datetime(1971, 1, 1, tzinfo=UTC)
_THINGS = {"film": "movie", "episode": "episode", "season": "season", "show": "show"}  # the narrowest first
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
    for name, kind in _THINGS.items():
        if (trakt := _trakt(item, kind)) is not None:
            return f"{name}:{trakt}"
    return fallback


def parse_entry(item: Any, *, id: str) -> Entry:
    """The entry that an item is; raises Invalid, with the reason, for one that is not a film or not readable."""
    if not isinstance(item, dict):
        raise Invalid("not an object")
    kind = item.get("type", "movie")
    if kind != "movie" or not isinstance(item.get("movie"), dict):
        raise Invalid(f"not a film but: {kind}" if kind != "movie" else "an item without a film")
    plays = item.get("plays")
    return Entry(
        id=id,
        trakt=_trakt(item),
        film=_film(item["movie"]),
        at=time_in(item, _TIMES),
        plays=plays if isinstance(plays, int) and plays > 0 else 1,
        rating=rating_of(item),
        notes=text_of(item.get("notes")),
    )


def title_of(item: Any) -> str:
    """A name for an item in a report, as good as it gets."""
    for name in ("movie", "show", "episode"):
        thing = item.get(name) if isinstance(item, dict) else None
        if isinstance(thing, dict) and thing.get("title"):
            return text_of(thing["title"])
    return ""


def _trakt(item: dict[str, Any], kind: str = "movie") -> int | None:
    thing = item.get(kind)
    ids = thing.get("ids") if isinstance(thing, dict) else None
    trakt = ids.get("trakt") if isinstance(ids, dict) else None
    return trakt if isinstance(trakt, int) else None


def _film(movie: dict[str, Any]) -> Film:
    ids = movie.get("ids")
    ids = ids if isinstance(ids, dict) else {}
    film = Film(
        tmdb=number_text(ids.get("tmdb")),
        imdb=id_text(ids.get("imdb")),
        title=" ".join(text_of(movie.get("title")).split()),
        year=number_text(movie.get("year"), least=1800, most=9999),
    )
    if not (film.tmdb or film.imdb or film.title):
        raise Invalid("neither a TMDB id, nor an IMDb id, nor a title")
    return film


def rating_of(item: dict[str, Any]) -> int | None:
    """The rating, 1 to 10; None for none, which Trakt also writes as 0."""
    rating = item.get("rating")
    return rating if isinstance(rating, int) and 1 <= rating <= 10 else None


def number_text(value: Any, *, least: int = 1, most: int = 1 << 53) -> str:
    """A number as text; empty for what is none, or out of its range."""
    return str(value) if isinstance(value, int) and least <= value <= most else ""


def id_text(value: Any) -> str:
    """An IMDb id; empty for what is none."""
    text = text_of(value)
    return text if _IMDB.fullmatch(text) else ""


def time_in(item: dict[str, Any], names: Sequence[str]) -> datetime | None:
    """The first time of these that an item has; None for none, and for 1970, which Trakt uses for "some day".

    Raises Invalid for what is not a time.
    """
    value = next((item[name] for name in names if item.get(name)), None)
    if value is None:
        return None
    try:
        time = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise Invalid(f"not a time: {value!r}") from None
    time = time if time.tzinfo else time.replace(tzinfo=UTC)
    return time if time >= _KNOWN_FROM else None


def text_of(value: Any) -> str:
    """Text that can be written as UTF-8: lone surrogates and control characters are dropped."""
    if not isinstance(value, str):
        return ""
    return _UNWRITABLE.sub("", value)
