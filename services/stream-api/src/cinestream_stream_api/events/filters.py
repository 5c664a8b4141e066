"""Filters of films.

Several values of one parameter are alternatives. Different parameters must all match. Values are compared whole, in
their folded form.
"""

from dataclasses import dataclass
from functools import lru_cache
from sys import intern
from typing import Any, NamedTuple

from cinestream_stream_api.events.folding import fold
from cinestream_stream_api.events.listing import Listing, listing_of

_MAX_SHARED = 4096
"""Values and credits that films share as one object, because most films repeat those of others."""


class Credit(NamedTuple):
    """A director as a film names one. The IMDb id is None if the page gave none."""

    name: str
    id: str | None = None


class Facets(NamedTuple):
    """The folded values that a film is filtered, found and sorted by, and its directors and genres as they are written.

    `genres` has both kinds of genre: those of the page, and the derived themes. `themes` has the themes alone.
    `directors` has names and `nm` ids. `genres_as_written` has the order of `genres`.
    """

    id: str
    genres: tuple[str, ...]
    directors: tuple[str, ...]
    decade: str | None
    tone: str | None
    rating: float | None
    credits: tuple[Credit, ...] = ()
    themes: tuple[str, ...] = ()
    kind: str | None = None
    genres_as_written: tuple[str, ...] = ()
    listing: Listing = Listing("", None)


@dataclass(frozen=True, slots=True)
class Filter:
    """A client's filter. Empty sets and None let all films pass. Equal filters share their work."""

    genre: frozenset[str] = frozenset()
    director: frozenset[str] = frozenset()
    decade: frozenset[str] = frozenset()
    tone: frozenset[str] = frozenset()
    id: frozenset[str] = frozenset()
    min_rating: float | None = None
    theme: frozenset[str] = frozenset()
    kind: frozenset[str] = frozenset()

    def matches(self, film: Facets) -> bool:
        """Return True if the film passes. A film without a rating fails every `min_rating`."""
        return (
            (not self.genre or not self.genre.isdisjoint(film.genres))
            and (not self.director or not self.director.isdisjoint(film.directors))
            and (not self.decade or film.decade in self.decade)
            and (not self.tone or film.tone in self.tone)
            and (not self.id or film.id in self.id)
            and (not self.theme or not self.theme.isdisjoint(film.themes))
            and (not self.kind or film.kind in self.kind)
            and (self.min_rating is None or (film.rating is not None and film.rating >= self.min_rating))
        )


EVERYTHING = Filter()


def values(texts: list[str] | None) -> frozenset[str]:
    """Return the values of a repeated query parameter in their compared form. Blank values count as absent."""
    return frozenset(folded for text in texts or () if (folded := fold(text)))


def facets(movie: dict[str, Any]) -> Facets:
    """Return the facets of a film, given as its JSON object.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: a field of the contract is missing or not of its form.
    """
    tone = movie["sentiment_analysis"]["plot_tone"]
    decade = movie["decade_category"]
    kind = movie.get("kind")
    credits = _credits(movie)
    genres, themes, as_written = _genres(tuple(movie["genre"]), tuple(movie["genre_categories"]))
    return Facets(
        id=movie["id"].casefold(),
        genres=genres,
        directors=(*map(_folded, movie["director"]), *[credit.id for credit in credits if credit.id]),
        decade=_folded(decade) if decade else None,
        tone=_folded(tone) if tone else None,
        rating=movie["rating"],
        credits=credits,
        themes=themes,
        kind=_folded(kind) if kind else None,
        genres_as_written=as_written,
        listing=listing_of(movie),
    )


def _credits(movie: dict[str, Any]) -> tuple[Credit, ...]:
    # Movies stored before the contract had `directors_stats` give only names.
    if stats := movie.get("directors_stats"):
        return tuple([_credit(director["name"], director["id"]) for director in stats])
    return tuple(map(_credit, movie["director"]))


@lru_cache(maxsize=_MAX_SHARED)
def _genres(genres: tuple[str, ...], categories: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Return the folded genres and categories, the folded themes among them, and the former as written."""
    as_written = {_folded(text): intern(text) for text in genres}
    themes = {_folded(text): intern(text) for text in categories if _folded(text) not in as_written}
    as_written |= themes
    return tuple(as_written), tuple(themes), tuple(as_written.values())


@lru_cache(maxsize=_MAX_SHARED)
def _folded(text: str) -> str:
    """Return the folded text, as one object for all films."""
    return intern(fold(text))


@lru_cache(maxsize=_MAX_SHARED)
def _credit(name: str, id: str | None = None) -> Credit:
    return Credit(name, id)
