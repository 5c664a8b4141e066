"""Which films and series are wanted, by genre and status. Pure.

Trakt's lists cannot be asked for by these, so it is asked to say them (the level `full`), and they are compared here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec


class _Film(msgspec.Struct, gc=False):
    genres: Any = None
    status: Any = None


class _Item(msgspec.Struct, gc=False):
    movie: _Film | None = None
    show: _Film | None = None


_decode = msgspec.json.Decoder(_Item).decode


@dataclass(frozen=True)
class Filters:
    """Films with one of the `genres` and one of the `statuses`, in any case; none named: any."""

    genres: Sequence[str] = ()
    statuses: Sequence[str] = ()

    def __bool__(self) -> bool:
        return bool(self.genres or self.statuses)

    def accepts(self, item: bytes | msgspec.Raw) -> bool:
        """Whether the film or series of an item of a list (JSON) is wanted.

        What cannot be read is, so that it is reported.
        """
        try:
            decoded = _decode(item)
        except msgspec.DecodeError:
            return True
        film = decoded.movie or decoded.show
        return film is None or self._matches(film.genres, film.status)

    def accepts_movie(self, movie: Any) -> bool:
        """Whether a film, as Trakt's details give it, is wanted."""
        return isinstance(movie, dict) and self._matches(movie.get("genres"), movie.get("status"))

    def _matches(self, genres: Any, status: Any) -> bool:
        has = {str(genre).casefold() for genre in genres} if isinstance(genres, list) else set()
        by_genre = not self.genres or any(genre.casefold() in has for genre in self.genres)
        return by_genre and (not self.statuses or str(status).casefold() in {s.casefold() for s in self.statuses})


NO_FILTERS = Filters()
