"""Filters: the same one repeated means or, different ones mean and; case-insensitive whole values."""

from dataclasses import dataclass
from functools import lru_cache
from sys import intern
from typing import Any, NamedTuple

_MOST_KNOWN = 4096
"""Texts and directors whose one object is at hand, because most films have those of others."""


class Credit(NamedTuple):
    """A director as a film names one: with the IMDb id, where its page gives it."""

    name: str
    id: str | None = None


class Facets(NamedTuple):
    """What of a film can be filtered by, casefolded; and its directors, as the film names them."""

    id: str
    genres: tuple[str, ...]
    directors: tuple[str, ...]
    decade: str | None
    tone: str | None
    rating: float | None
    credits: tuple[Credit, ...] = ()


@dataclass(frozen=True, slots=True)
class Filter:
    """What a client wants to see; empty sets and None want everything. Equal filters share their work."""

    genre: frozenset[str] = frozenset()
    director: frozenset[str] = frozenset()
    decade: frozenset[str] = frozenset()
    tone: frozenset[str] = frozenset()
    id: frozenset[str] = frozenset()
    min_rating: float | None = None

    def matches(self, film: Facets) -> bool:
        """Whether the client wants this film; an unrated one is below every rating."""
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
    """The values of a repeated query parameter, as they are compared; blank ones count as absent."""
    return frozenset(folded for text in texts or () if (folded := text.strip().casefold()))


def facets(movie: dict[str, Any]) -> Facets:
    """The facets of a film, given as the object that its JSON says; genres are both kinds of genre.

    Raises:
        KeyError, TypeError, AttributeError: it does not have the fields of the contract.
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
    )


def _credits(movie: dict[str, Any]) -> tuple[Credit, ...]:
    """The directors; movies that were stored before the contract had `directors_stats` give names alone."""
    if stats := movie.get("directors_stats"):
        return tuple([_credit(who["name"], who["id"]) for who in stats])
    return tuple(map(_credit, movie["director"]))


@lru_cache(maxsize=_MOST_KNOWN)
def _folded(text: str) -> str:
    """The one text by which all films with this value are compared."""
    return intern(text.casefold())


@lru_cache(maxsize=_MOST_KNOWN)
def _credit(name: str, id: str | None = None) -> Credit:
    return Credit(name, id)
