"""The film that never rests: its votes and rating change every few seconds, so that the stream lives on.

A pure function of the time, so any number of servers say the same, and so does one that was restarted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cinestream_demo.films.film import Film

EPOCH = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
SWING = (0.0, 0.1, 0.0, -0.1)


@dataclass(frozen=True, slots=True)
class Living:
    """Which film, and how many seconds each of its states lasts."""

    film_id: str = "tt0111161"
    period: float = 5.0

    def at(self, film: Film, now: float) -> Film:
        """The film as it is at `now` (seconds since 1970): one vote more each period, the rating within 0.1 of its own.

        Every other film is returned as it is, and so is one without a rating.
        """
        if film.id != self.film_id or film.rating is None:
            return film
        step = int((now - EPOCH) // self.period)
        rating = min(10.0, max(1.0, round(film.rating + SWING[step % len(SWING)], 1)))
        return replace(film, rating=rating, votes=film.votes + max(0, step))
