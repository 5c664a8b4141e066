"""The film that changes every few seconds, so that a stream of the demo site never falls silent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cinestream_demo.films.film import DemoFilm

EPOCH = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
RATING_OFFSETS = (0.0, 0.1, 0.0, -0.1)


@dataclass(frozen=True, slots=True)
class ChangingFilm:
    """The id of the film that changes, and the seconds between two changes.

    The state depends on the time alone. Several servers show the same state, and so does a restarted one.
    """

    film_id: str = "tt0111161"
    period: float = 5.0

    def at(self, film: DemoFilm, now: float) -> DemoFilm:
        """Return the film as it is at `now` (seconds since 1970).

        Each period adds one vote and moves the rating, which stays within 0.1 of the film's own rating.
        Any other film, and a film without a rating, is returned unchanged.
        """
        if film.id != self.film_id or film.rating is None:
            return film
        step = int((now - EPOCH) // self.period)
        rating = min(10.0, max(1.0, round(film.rating + RATING_OFFSETS[step % len(RATING_OFFSETS)], 1)))
        return replace(film, rating=rating, votes=film.votes + max(0, step))
