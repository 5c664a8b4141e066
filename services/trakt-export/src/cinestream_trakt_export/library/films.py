"""Parsers for the items of Trakt's lists of films. Pure.

Source of the shapes: https://trakt.docs.apiary.io. Older answers have no `type` beside a `movie`, and name
`collected_at` as `last_collected_at`.
"""

from functools import partial
from typing import Any, NamedTuple

import msgspec

from cinestream.contracts.errors import Invalid
from cinestream_flow.message import Message
from cinestream_trakt_export.library.values import (
    LARGEST,
    id_number,
    id_text,
    line_of,
    number_text,
    rating_of,
    seconds_of,
    text_of,
)

Identity = tuple[str, str, str, str]


class Entry(NamedTuple):
    """An item of a list: a play, a watched film, a rating, or a film on a list. It is flat, as the store needs it.

    Args:
        number: identifies the item in its list.
        tmdb: the film's TMDB id. It is 0 if the id is not known.
        name: identifies the film instead of the TMDB id, in the way that Letterboxd recognises films. It is empty if
            the TMDB id is known.
        trakt: the film's Trakt id.
        imdb: the film's IMDb id. It is empty if the id is not known.
        title: the film's title.
        year: the film's year, four digits or empty.
        at: the time of the play or of the rating, in seconds since 1970. None means an unknown time.
        plays: how often the film was watched.
        rating: 1 to 10, or None.
        notes: the viewer's notes.
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
        """The film's TMDB id, IMDb id, title and year, as Letterboxd expects them."""
        return str(self.tmdb) if self.tmdb else "", self.imdb, self.title, self.year


# The same as Entry._make, in half of the time.
entry_of = partial(tuple.__new__, Entry)


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
    """An item with fields of any type. They are checked one by one, so that an odd field does not cost the others."""

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


_decode = msgspec.json.Decoder(_Item).decode


def parse_entry(item: bytes | msgspec.Raw, *, position: int) -> Entry:
    """Parse an item (JSON) of any shape.

    Args:
        item: the JSON.
        position: the position of the item in its list, from 1 on. It numbers an item that has no id.

    Raises:
        Invalid: the item is not a film, or cannot be read. The text is for `skipped.csv`.
    """
    try:
        it = _decode(item)
    except msgspec.DecodeError as error:
        raise Invalid(Message("not readable: {error}", error=error)) from None
    movie = it.movie
    if it.type != "movie" or movie is None:
        other = it.type != "movie"
        raise Invalid(Message("not a film but: {type}", type=it.type) if other else Message("an item without a film"))
    ids = movie.ids or _NO_IDS
    trakt, imdb = id_number(ids.trakt), id_text(ids.imdb)
    tmdb, year = id_number(ids.tmdb) or 0, number_text(movie.year, minimum=1800, maximum=9999)
    title = line_of(movie.title)
    name = "" if tmdb else f"imdb:{imdb}" if imdb else f"title:{title.casefold()} ({year})"
    if not (tmdb or imdb or title):
        raise Invalid(Message("neither a TMDB id, nor an IMDb id, nor a title"))
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
    """Return the number that identifies a decoded item in its list, even if the item is malformed."""
    if not isinstance(item, dict):
        return -position
    movie = item.get("movie")
    ids = movie.get("ids") if isinstance(movie, dict) else None
    return _number(item.get("id"), id_number(ids.get("trakt")) if isinstance(ids, dict) else None, position)


def name_of(number: int) -> str:
    """Return a number of `number_of` as text for `skipped.csv`."""
    if number <= 0:
        return f"item {-number}"
    return f"film:{number // 2}" if number % 2 else f"id:{number // 2}"


def title_of(item: Any) -> str:
    """Return the title of a decoded item for `skipped.csv`. It is empty if the item has none."""
    for name in ("movie", "show", "episode"):
        thing = item.get(name) if isinstance(item, dict) else None
        if isinstance(thing, dict) and thing.get("title"):
            return text_of(thing["title"])
    return ""


def _number(id: Any, trakt: int | None, position: int) -> int:
    """Return a number for an item.

    An item with an id of its own gets an even number, and a film gets an odd one. The position stands in for both, as
    a negative number. So numbers of different origins never collide.
    """
    if isinstance(id, int) and 0 < id <= LARGEST:
        return 2 * id
    return -position if trakt is None else 2 * trakt + 1
