"""Filters of films.

Several values of one parameter are alternatives. Different parameters must all match. Values are compared whole and
without case.
"""

from dataclasses import dataclass
from functools import lru_cache
from sys import intern
from typing import Any, NamedTuple

_MAX_SHARED = 4096
"""Values and credits that films share as one object, because most films repeat those of others."""


class Credit(NamedTuple):
    """A director as a film names one. The IMDb id is None if the page gave none."""

    name: str
    id: str | None = None


class Facets(NamedTuple):
    """The casefolded values that a film can be filtered by, and its directors and genres as the film writes them."""

    id: str
    genres: tuple[str, ...]
    directors: tuple[str, ...]
    decade: str | None
    tone: str | None
    rating: float | None
    credits: tuple[Credit, ...] = ()
    genres_as_written: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filter:
    """A client's filter. Empty sets and None let all films pass. Equal filters share their work."""

    genre: frozenset[str] = frozenset()
    director: frozenset[str] = frozenset()
    decade: frozenset[str] = frozenset()
    tone: frozenset[str] = frozenset()
    id: frozenset[str] = frozenset()
    min_rating: float | None = None

    def matches(self, film: Facets) -> bool:
        """Return True if the film passes. A film without a rating fails every `min_rating`."""
        return (
            (not self.genre or not self.genre.isdisjoint(film.genres))
            and (not self.director or not self.director.isdisjoint(film.directors))
            and (not self.decade or film.decade in self.decade)
            and (not self.tone or film.tone in self.tone)
            and (not self.id or film.id in self.id)
            and (self.min_rating is None or (film.rating is not None and film.rating >= self.min_rating))
        )


EVERYTHING = Filter()


def values(texts: list[str] | None) -> frozenset[str]:
    """Return the values of a repeated query parameter in their compared form. Blank values count as absent."""
    return frozenset(folded for text in texts or () if (folded := text.strip().casefold()))


def facets(movie: dict[str, Any]) -> Facets:
    """Return the facets of a film, given as its JSON object. `genres` has both kinds of genre.

    Raises:
        KeyError, TypeError, AttributeError: a field of the contract is missing or has another type.
    """
    tone = movie["sentiment_analysis"]["plot_tone"]
    decade = movie["decade_category"]
    return Facets(
        id=movie["id"].casefold(),
        genres=tuple(map(_folded, (*movie["genre"], *movie["genre_categories"]))),
        directors=tuple(map(_folded, movie["director"])),
        decade=_folded(decade) if decade else None,
        tone=_folded(tone) if tone else None,
        rating=movie["rating"],
        credits=_credits(movie),
        genres_as_written=_shared((*movie["genre"], *movie["genre_categories"])),
    )


def _credits(movie: dict[str, Any]) -> tuple[Credit, ...]:
    # Movies stored before the contract had `directors_stats` give only names.
    if stats := movie.get("directors_stats"):
        return tuple([_credit(director["name"], director["id"]) for director in stats])
    return tuple(map(_credit, movie["director"]))


@lru_cache(maxsize=_MAX_SHARED)
def _folded(text: str) -> str:
    """Return the casefolded text, as one object for all films."""
    return intern(text.casefold())


@lru_cache(maxsize=_MAX_SHARED)
def _shared(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Return equal texts as one object for all films."""
    return tuple(map(intern, texts))


@lru_cache(maxsize=_MAX_SHARED)
def _credit(name: str, id: str | None = None) -> Credit:
    return Credit(name, id)
