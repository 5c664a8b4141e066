"""Filters for films and series by genre and status. Pure.

Trakt cannot filter its lists by genre or status. The exporter requests them with each item (level `full`) and compares
them here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec


class _Details(msgspec.Struct, gc=False):
    genres: Any = None
    status: Any = None


class _Item(msgspec.Struct, gc=False):
    movie: _Details | None = None
    show: _Details | None = None


_decode = msgspec.json.Decoder(_Item).decode


@dataclass(frozen=True)
class Filters:
    """A filter that accepts films with one of the genres and one of the statuses.

    Args:
        genres: names of genres in any case. Without genres, every genre is accepted.
        statuses: names of statuses in any case. Without statuses, every status is accepted.
    """

    genres: Sequence[str] = ()
    statuses: Sequence[str] = ()

    def __bool__(self) -> bool:
        return bool(self.genres or self.statuses)

    def accepts(self, item: bytes | msgspec.Raw) -> bool:
        """Return True if the film or series of a list item (JSON) is accepted.

        An item that cannot be read is accepted, so that the export reports it.
        """
        try:
            decoded = _decode(item)
        except msgspec.DecodeError:
            return True
        details = decoded.movie or decoded.show
        return details is None or self._matches(details.genres, details.status)

    def accepts_movie(self, movie: Any) -> bool:
        """Return True if a film is accepted. `movie` is the decoded answer of `/movies/{id}` with the level `full`."""
        return isinstance(movie, dict) and self._matches(movie.get("genres"), movie.get("status"))

    def _matches(self, genres: Any, status: Any) -> bool:
        has = {str(genre).casefold() for genre in genres} if isinstance(genres, list) else set()
        by_genre = not self.genres or any(genre.casefold() in has for genre in self.genres)
        return by_genre and (not self.statuses or str(status).casefold() in {s.casefold() for s in self.statuses})


NO_FILTERS = Filters()
