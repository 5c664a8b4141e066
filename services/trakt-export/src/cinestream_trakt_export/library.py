"""What an item of a Trakt list says about a film. Pure.

Shapes: https://trakt.docs.apiary.io; older ones have no `type` beside a `movie`, and `collected_at` as
`last_collected_at`.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated, Any, Literal, NamedTuple

import msgspec

from cinestream.contracts.errors import Invalid
from cinestream_trakt_export.messages import say

_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff]")
_EPOCH, _SECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(seconds=1)
_KNOWN_FROM, _KNOWN_TO = datetime(1971, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
_FIRST, _LAST = ((time - _EPOCH) // _SECOND for time in (_KNOWN_FROM, _KNOWN_TO))
_LARGEST = 1 << 53  # of the numbers of Trakt
_ID = msgspec.Meta(gt=0, le=_LARGEST)
Identity = tuple[str, str, str, str]


class Entry(NamedTuple):
    """One item: a play, a watched film, a rating, a film on a list. Flat, as it is stored.

    Args:
        number: tells it from all others of its list.
        tmdb: id at TMDB; 0 when it is not known, and then
        name: is what is the same for what Letterboxd takes for the same film, else empty.
        trakt: the film's id at Trakt.
        imdb: id at IMDb, empty when it is not known.
        title: of the film.
        year: of the film, four digits or empty.
        at: seconds since 1970; None when the time is not known.
        plays: how often it was watched.
        rating: 1 to 10.
        notes: the viewer's.
    """

    number: int
    tmdb: int
    name: str
    trakt: int | None
    imdb: str
    title: str
    year: str
    at: int | None
    plays: int = 1
    rating: int | None = None
    notes: str = ""

    @property
    def identity(self) -> Identity:
        """The film's ids at TMDB and IMDb, its title, its year."""
        return str(self.tmdb) if self.tmdb else "", self.imdb, self.title, self.year


entry_of = partial(tuple.__new__, Entry)  # as Entry._make does, in half of the time


class _Ids(msgspec.Struct, gc=False):
    trakt: Any = None
    imdb: Any = None
    tmdb: Any = None


_NO_IDS = _Ids()


class _Movie(msgspec.Struct, gc=False):
    ids: _Ids | None = None
    title: Any = None
    year: Any = None


class _Item(msgspec.Struct, gc=False):
    """An item as Trakt sends it; its values are looked at one by one, so that an odd one costs no more than itself."""

    id: Any = None
    type: Any = "movie"
    movie: _Movie | None = None
    watched_at: Any = None
    last_watched_at: Any = None
    rated_at: Any = None
    listed_at: Any = None
    collected_at: Any = None
    last_collected_at: Any = None
    plays: Any = None
    rating: Any = None
    notes: Any = None


class _UsualIds(msgspec.Struct, gc=False):
    trakt: Annotated[int, _ID]
    tmdb: Annotated[int, _ID]
    imdb: str | None = None


class _UsualMovie(msgspec.Struct, gc=False):
    ids: _UsualIds
    title: str
    year: Annotated[int, msgspec.Meta(ge=1800, le=9999)]


class _Play(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """A play as nearly all are: what is checked here while it is decoded needs no second look."""

    id: Annotated[int, _ID]
    watched_at: Annotated[datetime, msgspec.Meta(tz=True)]
    movie: _UsualMovie
    action: str = ""
    type: Literal["movie"] = "movie"


_decode = msgspec.json.Decoder(_Item).decode
_decode_plays = msgspec.json.Decoder(list[_Play]).decode


def parse_plays(items: Iterable[bytes | msgspec.Raw]) -> list[Entry]:
    """The entries that these items (JSON) are, all of them usual plays; raises DecodeError when one is not."""
    return [_of_play(play) for play in _decode_plays(b"[" + b",".join(items) + b"]")]


def _of_play(play: _Play) -> Entry:
    movie, at = play.movie, int(play.watched_at.timestamp())
    if at >= _LAST:
        raise msgspec.ValidationError("not a usual time")
    ids, title = movie.ids, movie.title
    usual = title.isprintable() and "  " not in title and title == title.strip()
    return entry_of(
        (
            2 * play.id,
            ids.tmdb,
            "",
            ids.trakt,
            id_text(ids.imdb),
            title if usual else _title(title),
            str(movie.year),
            at if at >= _FIRST else None,
            1,
            None,
            "",
        )
    )


def parse_entry(item: bytes | msgspec.Raw, *, position: int) -> Entry:
    """The entry that an item (JSON) is; raises Invalid, with the reason, for what is not a film or not readable.

    `position` is that of the item in its list, from 1 on.
    """
    try:
        it = _decode(item)
    except msgspec.DecodeError as error:
        raise Invalid(say("skipped.unreadable", error=error)) from None
    movie = it.movie
    if it.type != "movie" or movie is None:
        raise Invalid(say("skipped.other", type=it.type) if it.type != "movie" else say("skipped.no_film"))
    ids = movie.ids or _NO_IDS
    trakt, imdb = _id(ids.trakt), id_text(ids.imdb)
    tmdb, year = _id(ids.tmdb) or 0, number_text(movie.year, least=1800, most=9999)
    title = _title(movie.title)
    name = "" if tmdb else f"imdb:{imdb}" if imdb else f"title:{title.casefold()} ({year})"
    if not (tmdb or imdb or title):
        raise Invalid(say("skipped.nameless"))
    at = seconds_of(
        it.watched_at or it.last_watched_at or it.rated_at or it.listed_at or it.collected_at or it.last_collected_at
    )
    return Entry(
        _number(it.id, trakt, position),
        tmdb,
        name,
        trakt,
        imdb,
        title,
        year,
        at,
        it.plays if isinstance(it.plays, int) and it.plays > 0 else 1,
        _rating(it.rating),
        text_of(it.notes) if it.notes else "",
    )


def number_of(item: Any, *, position: int) -> int:
    """What tells this item from all others of its list, also for an item that is otherwise malformed."""
    if not isinstance(item, dict):
        return -position
    movie = item.get("movie")
    ids = movie.get("ids") if isinstance(movie, dict) else None
    return _number(item.get("id"), _id(ids.get("trakt")) if isinstance(ids, dict) else None, position)


def name_of(number: int) -> str:
    """A number of `number_of`, for people."""
    if number <= 0:
        return f"item {-number}"
    return f"film:{number // 2}" if number % 2 else f"id:{number // 2}"


def title_of(item: Any) -> str:
    """A name for an item in a report, as good as it gets."""
    for name in ("movie", "show", "episode"):
        thing = item.get(name) if isinstance(item, dict) else None
        if isinstance(thing, dict) and thing.get("title"):
            return text_of(thing["title"])
    return ""


def rating_of(item: dict[str, Any]) -> int | None:
    """The rating, 1 to 10; None for none, which Trakt also writes as 0."""
    return _rating(item.get("rating"))


def number_text(value: Any, *, least: int = 1, most: int = _LARGEST) -> str:
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


def _title(value: Any) -> str:
    """On one line, without blanks that nobody sees."""
    return " ".join(text_of(value).split())


def _rating(value: Any) -> int | None:
    return value if isinstance(value, int) and 1 <= value <= 10 else None


def _id(value: Any) -> int | None:
    return value if isinstance(value, int) and 0 < value <= _LARGEST else None


def _number(id: Any, trakt: int | None, position: int) -> int:
    """Items with an id of their own have even numbers, other films odd ones; what has neither goes by its position."""
    if isinstance(id, int) and 0 < id <= _LARGEST:
        return 2 * id
    return -position if trakt is None else 2 * trakt + 1
