"""`Catalogue`: which films there are now, where in the stream, and what can be filtered of them; pure."""

import math
from collections.abc import Iterable
from typing import NamedTuple

from cinestream_stream_api.catalogue.directors import Director, Directors
from cinestream_stream_api.catalogue.totals import Summary, Totals
from cinestream_stream_api.events.event import Event
from cinestream_stream_api.events.filters import EVERYTHING, Facets, Filter
from cinestream_stream_api.events.position import Position, parse_position


class Cursor(NamedTuple):
    """Where a page ends: films before this sequence follow, as of a position."""

    position: Position
    before: int

    def __str__(self) -> str:
        return f"{self.position}.{self.before}"


class Statistics(NamedTuple):
    """How many films, and the mean rating of those that are rated, to one decimal; None if none is."""

    total_movies: int
    average_rating: float | None


class Catalogue:
    """The last version of every film, up to `position`. It holds no film, only where each is and its facets."""

    def __init__(self, position: Position) -> None:
        self.position = position
        # In the order of the sequences, since a new version goes to the end.
        self._films: dict[str, tuple[int, Facets]] = {}
        self._directors = Directors()
        self._totals = Totals()

    def __len__(self) -> int:
        return len(self._films)

    def add(self, events: Iterable[Event], *, through: int) -> None:
        """Take in events that follow the position; there are no others up to `through`."""
        for event in events:
            if event.sequence <= self.position.sequence:
                continue
            if event.facets is not None:
                self._forget(event.facets.id)
                self._films[event.facets.id] = event.sequence, event.facets
                self._directors.add(event.facets.id, event.facets.credits)
                self._totals.add(event.facets)
            elif (removed := event.removes) is not None:
                self._forget(removed)
        self.position = Position(self.position.epoch, max(through, self.position.sequence))

    def _forget(self, id: str) -> None:
        if known := self._films.pop(id, None):
            self._directors.remove(id, known[1].credits)
            self._totals.remove(known[1])

    def directors(self, text: str) -> list[tuple[Director, Statistics]]:
        """Who has this `nm` id or this name, with the statistics of their films."""
        return [(director, self._statistics(director.films)) for director in self._directors.find(text)]

    def newest(self, ids: Iterable[str], most: int) -> list[str]:
        """These films, the newest versions first, as many as asked for."""
        return sorted(ids, key=lambda film: self._films[film][0], reverse=True)[:most]

    def _statistics(self, ids: tuple[str, ...]) -> Statistics:
        ratings = [rating for id in ids if (rating := self._films[id][1].rating) is not None]
        return Statistics(len(ids), round(math.fsum(ratings) / len(ratings), 1) if ratings else None)

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
        """How many films there are."""
        return self._totals.summary()


def parse_cursor(text: str) -> Cursor | None:
    """Read a cursor; None if it is malformed."""
    head, _, tail = text.rpartition(".")
    position = parse_position(head)
    if position is None or not (tail.isascii() and tail.isdigit() and len(tail) < 20):
        return None
    return Cursor(position, int(tail))
