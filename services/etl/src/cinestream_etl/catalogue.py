"""The known films: a bounded index for recommendations where a page has none. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from cinestream.contracts import Movie, Recommendation

MAX_RECOMMENDATIONS = 12
"""Recommendations per film, as many as a page shows."""
_WEIGHTS = {"director": 3.0, "stars": 1.5, "genre_categories": 1.0, "decade_category": 0.5}
"""The fields in which films are compared, and the score that each shared value adds."""
_MIN_SCORE = 1.0
"""The smallest score of a recommendation. A shared decade alone is not enough."""

Token = tuple[str, str]


class KnownFilms:
    """An index of the last `max_films` films that were added, by the values that films share.

    A film takes about 1.5 KB of memory.
    """

    def __init__(self, max_films: int) -> None:
        self._max_films = max_films
        self._films: dict[str, tuple[Recommendation, tuple[Token, ...]]] = {}
        self._ids_by_token: defaultdict[Token, set[str]] = defaultdict(set)

    def __len__(self) -> int:
        return len(self._films)

    def add(self, movie: Mapping[str, Any]) -> None:
        """Add a film, given as the decoded JSON of its movie. It replaces an earlier version of the same film.

        Raises:
            ValueError: this is not a movie.
        """
        film = Recommendation.model_validate(movie)
        self.remove(film.id)
        tokens = tuple(_tokens(movie))
        self._films[film.id] = film, tokens
        for token in tokens:
            self._ids_by_token[token].add(film.id)
        while len(self._films) > self._max_films:
            self.remove(next(iter(self._films)))

    def remove(self, id: str) -> None:
        """Remove a film. An unknown id is ignored."""
        for token in self._films.pop(id, (None, ()))[1]:
            self._ids_by_token[token].discard(id)
            if not self._ids_by_token[token]:
                del self._ids_by_token[token]

    def nearest(self, movie: Movie) -> list[Recommendation]:
        """Return up to `MAX_RECOMMENDATIONS` films that share most with this one, the nearest first.

        Films at the same distance are ordered by rating, the highest first.
        """
        scores: Counter[str] = Counter()
        for token in _tokens(movie.model_dump()):
            for id in self._ids_by_token.get(token, ()):
                scores[id] += _WEIGHTS[token[0]]  # type: ignore[assignment]
        del scores[movie.id]

        def order(id: str) -> tuple[float, float, str]:
            return -scores[id], -(self._films[id][0].rating or 0), id

        near = sorted((id for id in scores if scores[id] >= _MIN_SCORE), key=order)
        return [self._films[id][0] for id in near[:MAX_RECOMMENDATIONS]]


def _tokens(movie: Mapping[str, Any]) -> Iterator[Token]:
    for field in _WEIGHTS:
        value = movie.get(field)
        values = value if isinstance(value, list) else [value] if value else []
        yield from ((field, text) for text in dict.fromkeys(values) if isinstance(text, str))
