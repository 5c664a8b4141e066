"""The index of all events of films that history holds: sequence, time and facets of each. Pure."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from cinestream_stream_api.events.filters import Facets
from cinestream_stream_api.events.moment import to_milliseconds

_SLICE = 1000
"""Events that are looked at without a pause, which takes about a millisecond."""

_NONE = -1


class EventIndex:
    """The events of films, in the order of their sequences.

    It takes about 40 bytes per event, because versions of a film share their facets as long as these do not change.
    Times never fall, even if the clock of NATS does.
    """

    def __init__(self) -> None:
        self._sequences = array("q")
        self._times = array("q")
        self._facets: list[Facets | None] = []
        # The number of the event with the version before, so that the versions of a film are found without a search.
        self._previous = array("q")
        self._last: dict[str, int] = {}
        # Events are numbered from the first one that was ever added. This one is at the index 0.
        self._base = 0
        self._newest = 0

    def __len__(self) -> int:
        return len(self._sequences)

    def add(self, sequence: int, stored_at: datetime | None, film: Facets) -> Facets:
        """Add the event that follows all others, and return its facets as the object that the versions share."""
        last = self._last.get(film.id, _NONE)
        known = self._facets[last - self._base] if last >= self._base else None
        if known:
            film = known if known == film else Facets(*map(_shared, known, film))
        self._newest = max(self._newest, to_milliseconds(stored_at) if stored_at else 0)
        self._previous.append(last)
        self._last[film.id] = self._base + len(self)
        self._sequences.append(sequence)
        self._times.append(self._newest)
        self._facets.append(film)
        return film

    def remove(self, id: str) -> None:
        """Remove the events of a film, because history does not have them any more."""
        for number in self._versions(id):
            self._facets[number - self._base] = None
        self._last.pop(id, None)

    def forget(self, *, before: int) -> None:
        """Drop the events before a sequence, because history begins there."""
        count = bisect_left(self._sequences, before)
        if not count:
            return
        for column in (self._sequences, self._times, self._previous):
            del column[:count]
        del self._facets[:count]
        self._base += count

    def versions(self, id: str, limit: int) -> list[int]:
        """Return the sequences of the newest versions of a film, newest first."""
        return [self._sequences[number - self._base] for number in islice(self._versions(id), limit)]

    @property
    def span(self) -> tuple[int, int] | None:
        """The times of the first and the last event, or None without events."""
        return (self._times[0], self._times[-1]) if self._times else None

    def slices(self, *, since: int, until: int) -> Iterator[list[tuple[int, Facets | None]]]:
        """Iterate over the events with a time from `since` to before `until`, in slices of bounded work.

        The caller lets other tasks run between two slices. These may change the index.

        Yields:
            Times in Unix milliseconds with facets. Those of events that were removed are None.
        """
        number = self._base + bisect_left(self._times, since)
        end = self._base + bisect_left(self._times, until)
        while (number := max(number, self._base)) < end:
            start = number - self._base
            stop = min(start + _SLICE, end - self._base)
            number = self._base + stop
            yield list(zip(self._times[start:stop], self._facets[start:stop], strict=True))

    def slices_back(self, through: int) -> Iterator[list[tuple[int, Facets]]]:
        """Iterate over sequences and facets of the events up to a sequence, newest first, in slices of bounded work.

        The caller lets other tasks run between two slices. These may change the index.
        """
        number = self._base + bisect_right(self._sequences, through)
        while number > self._base:
            stop = number - self._base
            start = max(stop - _SLICE, 0)
            columns = zip(self._sequences[start:stop], self._facets[start:stop], strict=True)
            number = self._base + start
            yield [(sequence, film) for sequence, film in columns if film][::-1]

    def is_newest(self, sequence: int, film: str) -> bool:
        """Return True if an event is the newest version of its film."""
        last = self._last.get(film, _NONE)
        return last >= self._base and self._sequences[last - self._base] == sequence

    def _versions(self, id: str) -> Iterator[int]:
        number = self._last.get(id, _NONE)
        while number >= self._base:
            yield number
            number = self._previous[number - self._base]


def _shared(known: Any, new: Any) -> Any:
    return known if known == new else new
