"""The films that are known, for recommendations where a page has none: a bounded index by what films share. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from cinestream.contracts import Movie, Recommendation

MOST = 12
"""Of recommendations; a page shows as many."""
_WEIGHTS = {"director": 3.0, "stars": 1.5, "genre_categories": 1.0, "decade_category": 0.5}
"""What two films can share, and how near it brings them."""
_LEAST = 1.0
"""Films that share less are not near: the decade alone is not enough."""

Token = tuple[str, str]


class Catalogue:
    """The last `most` films that were added, by what they can share; about 1.5 KB each."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._films: dict[str, tuple[Recommendation, tuple[Token, ...]]] = {}
        self._having: defaultdict[Token, set[str]] = defaultdict(set)

    def __len__(self) -> int:
        return len(self._films)

    def add(self, movie: Mapping[str, Any]) -> None:
        """Know a film as its movie, on the wire, says; in place of what was known of it.

        Raises:
            ValueError: that is no movie.
        """
        film = Recommendation.model_validate(movie)
        self.forget(film.id)
        tokens = tuple(_tokens(movie))
        self._films[film.id] = film, tokens
        for token in tokens:
            self._having[token].add(film.id)
        while len(self._films) > self._most:
            self.forget(next(iter(self._films)))

    def forget(self, id: str) -> None:
        """Know a film no longer."""
        for token in self._films.pop(id, (None, ()))[1]:
            self._having[token].discard(id)
            if not self._having[token]:
                del self._having[token]

    def nearest(self, movie: Movie) -> list[Recommendation]:
        """The up to `MOST` films that share most with this one, the nearest first; the better rated first of equals."""
        near: Counter[str] = Counter()
        for token in _tokens(movie.model_dump()):
            for id in self._having.get(token, ()):
                near[id] += _WEIGHTS[token[0]]  # type: ignore[assignment]
        del near[movie.id]

        def order(id: str) -> tuple[float, float, str]:
            return -near[id], -(self._films[id][0].rating or 0), id

        return [self._films[id][0] for id in sorted((id for id in near if near[id] >= _LEAST), key=order)[:MOST]]


def _tokens(movie: Mapping[str, Any]) -> Iterator[Token]:
    for field in _WEIGHTS:
        value = movie.get(field)
        values = value if isinstance(value, list) else [value] if value else []
        yield from ((field, text) for text in dict.fromkeys(values) if isinstance(text, str))
