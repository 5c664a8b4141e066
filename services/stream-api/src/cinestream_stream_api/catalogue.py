"""`Catalogue`: which films there are now, where in the stream, and what can be filtered of them; pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from cinestream_stream_api.event import Event
from cinestream_stream_api.filters import EVERYTHING, Facets, Filter
from cinestream_stream_api.position import Position, parse_position


class Cursor(NamedTuple):
    """Where a page ends: films before this sequence follow, as of a position."""

    position: Position
    before: int

    def __str__(self) -> str:
        return f"{self.position}.{self.before}"


@dataclass(frozen=True)
class Summary:
    """How many films there are, in all and by what they can be filtered by; genres may be several a film."""

    films: int
    rated: int
    average_rating: float | None
    decades: dict[str, int]
    genres: dict[str, int]
    tones: dict[str, int]


class Catalogue:
    """The last version of every film, up to `position`. It holds no film, only where each is and its facets."""

    def __init__(self, position: Position) -> None:
        self.position = position
        # In the order of the sequences, since a new version goes to the end.
        self._films: dict[str, tuple[int, Facets]] = {}

    def __len__(self) -> int:
        return len(self._films)

    def add(self, events: Iterable[Event], *, through: int) -> None:
        """Take in events that follow the position; there are no others up to `through`."""
        for event in events:
            if event.sequence <= self.position.sequence:
                continue
            if event.facets is not None:
                self._films.pop(event.facets.id, None)
                self._films[event.facets.id] = event.sequence, event.facets
            elif (removed := event.removes) is not None:
                self._films.pop(removed, None)
        self.position = Position(self.position.epoch, max(through, self.position.sequence))

    def page(self, filter: Filter, most: int, cursor: Cursor | None) -> tuple[list[str], Cursor | None]:
        """The ids of the newest films that match, newest first, and where the next page goes on.

        A film that gets a new version meanwhile is on no later page: who reads the stream from the position
        of the first page on gets it there.
        """
        at = cursor.position if cursor else self.position
        before = cursor.before if cursor else self.position.sequence + 1
        ids: list[str] = []
        for id, (sequence, facets) in reversed(self._films.items()):
            if sequence < before and (filter is EVERYTHING or filter.matches(facets)):
                if len(ids) == most:
                    return ids, Cursor(at, self._films[ids[-1]][0])
                ids.append(id)
        return ids, None

    def summary(self) -> Summary:
        """Count the films."""
        films = [facets for _, facets in self._films.values()]
        ratings = [film.rating for film in films if film.rating is not None]
        return Summary(
            films=len(films),
            rated=len(ratings),
            average_rating=round(sum(ratings) / len(ratings), 2) if ratings else None,
            decades=dict(sorted(Counter(film.decade for film in films if film.decade).items())),
            genres=dict(Counter(genre for film in films for genre in film.genres).most_common()),
            tones=dict(Counter(film.tone for film in films if film.tone).most_common()),
        )


def parse_cursor(text: str) -> Cursor | None:
    """Read a cursor; None if it is malformed."""
    head, _, tail = text.rpartition(".")
    position = parse_position(head)
    if position is None or not (tail.isascii() and tail.isdigit() and len(tail) < 20):
        return None
    return Cursor(position, int(tail))
