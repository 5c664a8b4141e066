"""What an item of a Trakt list says about a film. Pure.

Shapes: https://trakt.docs.apiary.io; older ones have no `type` beside a `movie`, and `collected_at` as
`last_collected_at`.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal, NamedTuple

import msgspec

from cinestream.contracts.errors import Invalid
from cinestream_trakt_export.i18n.messages import say
from cinestream_trakt_export.library.values import (
    FIRST,
    LARGEST,
    LAST,
    id_number,
    id_text,
    line_of,
    number_text,
    rating_of,
    seconds_of,
    text_of,
)

_ID = msgspec.Meta(gt=0, le=LARGEST)
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
    if at >= LAST:
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
            title if usual else line_of(title),
            str(movie.year),
            at if at >= FIRST else None,
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
    trakt, imdb = id_number(ids.trakt), id_text(ids.imdb)
    tmdb, year = id_number(ids.tmdb) or 0, number_text(movie.year, least=1800, most=9999)
    title = line_of(movie.title)
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
        rating_of(it.rating),
        text_of(it.notes) if it.notes else "",
    )


def number_of(item: Any, *, position: int) -> int:
    """What tells this item from all others of its list, also for an item that is otherwise malformed."""
    if not isinstance(item, dict):
        return -position
    movie = item.get("movie")
    ids = movie.get("ids") if isinstance(movie, dict) else None
    return _number(item.get("id"), id_number(ids.get("trakt")) if isinstance(ids, dict) else None, position)


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


def _number(id: Any, trakt: int | None, position: int) -> int:
    """Items with an id of their own have even numbers, other films odd ones; what has neither goes by its position."""
    if isinstance(id, int) and 0 < id <= LARGEST:
        return 2 * id
    return -position if trakt is None else 2 * trakt + 1
