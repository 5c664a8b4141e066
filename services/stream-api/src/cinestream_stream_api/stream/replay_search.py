"""The search for the start of a replay: the place just before the last films that match."""

import anyio
from anyio.lowlevel import checkpoint

from cinestream_stream_api.catalogue.film_index import FilmIndex
from cinestream_stream_api.events.event import View, is_shown
from cinestream_stream_api.events.position import Position
from cinestream_stream_api.log.history import History
from cinestream_stream_api.log.ring import Ring


class ReplaySearch:
    """A walk over the index of all events, newest first, in slices that take about a millisecond.

    Args:
        index: the index as of the ring's head.
        count: the number of films.
        view: the filter that they match.
        distinct: count only the newest version of each film.
        through: the last sequence that is due.
    """

    def __init__(self, index: FilmIndex, count: int, view: View, *, distinct: bool, through: int) -> None:
        self._events = index.events
        self._count = count
        self._matches = view.filter.matches
        self._distinct = distinct
        self._sequence = min(index.position.sequence, through)
        self._slices = index.events.slices_back(self._sequence) if count else iter(())
        # One slice ahead, so that the step with the last one is known to be the last.
        self._next = next(self._slices, None)

    def step(self) -> int | None:
        """Search one slice. Return the sequence just before the films, or None if there is more to search."""
        part, self._next = self._next or [], next(self._slices, None)
        for sequence, film in part:
            if self._matches(film) and not (self._distinct and not self._events.is_newest(sequence, film.id)):
                self._sequence, self._count = sequence - 1, self._count - 1
                if not self._count:
                    return self._sequence
        return self._sequence if self._next is None else None


class SearchTurns:
    """The turns of all searches: one slice in each turn of the event loop, whatever the number of clients."""

    def __init__(self) -> None:
        self._turn = anyio.Lock()

    async def finish(self, search: ReplaySearch) -> int:
        """Return the sequence just before the films."""
        while True:
            async with self._turn:
                found = search.step()
                await checkpoint()
            if found is not None:
                return found


def search_ring(ring: Ring, count: int, view: View, *, through: int) -> tuple[int, int]:
    """Search the ring up to the last sequence that is due.

    Returns:
        The sequence just before the last films that match, and the number of films that the ring lacks.
    """
    sequence = through
    if count:
        for event in ring.newest_first():
            if event.sequence <= through and event.facets is not None and is_shown(event, view.filter):
                sequence, count = event.sequence - 1, count - 1
                if count == 0:
                    break
    return sequence, count


async def search_history(ring: Ring, count: int, view: View, history: History, *, through: int) -> int:
    """Return the sequence just before the last films that match. Searches the ring, then history.

    Raises:
        Transient: NATS does not answer.
    """
    # The ring may move while history is read.
    head, floor = ring.head, ring.floor
    sequence, count = search_ring(ring, count, view, through=through)
    if count:
        async for event in history.backwards(Position(ring.epoch, min(floor, through)), view, head=head):
            if event.facets is not None:
                sequence, count = event.sequence - 1, count - 1
                if count == 0:
                    break
    return sequence
