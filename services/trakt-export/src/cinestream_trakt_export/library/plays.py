"""A fast parser for plays in the usual shape. Pure.

Nearly all items of a history have this shape. All others go through `films.parse_entry`.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from cinestream_trakt_export.library.films import Entry, entry_of
from cinestream_trakt_export.library.values import FIRST, LARGEST, LAST, id_text, line_of

_ID = msgspec.Meta(gt=0, le=LARGEST)


class _UsualIds(msgspec.Struct, gc=False):
    trakt: Annotated[int, _ID]
    tmdb: Annotated[int, _ID]
    imdb: str | None = None


class _UsualMovie(msgspec.Struct, gc=False):
    ids: _UsualIds
    title: str
    year: Annotated[int, msgspec.Meta(ge=1800, le=9999)]


class _Play(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """A play in the usual shape. The decoder checks it completely, so it needs no further checks."""

    id: Annotated[int, _ID]
    watched_at: Annotated[datetime, msgspec.Meta(tz=True)]
    movie: _UsualMovie
    action: str = ""
    type: Literal["movie"] = "movie"


_decode_plays = msgspec.json.Decoder(list[_Play]).decode


def parse_plays(items: Iterable[bytes | msgspec.Raw]) -> list[Entry]:
    """Parse plays (JSON) in the usual shape. Raise msgspec.DecodeError if one of them has another shape.

    This takes a fraction of the time of `parse_entry`, and gives the same entries.
    """
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
