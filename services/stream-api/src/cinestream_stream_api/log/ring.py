"""The ring: the newest events, in bounded memory."""

from bisect import bisect_right
from collections.abc import Iterator

from cinestream_stream_api.events.event import Chunk, Event, View, join

_MAX_SHARED = 64
"""Joined chunks kept for clients with the same cursor and view."""


class Ring:
    """All events of one epoch with a sequence in (`floor`, `head`], in order.

    A client's cursor is the sequence after which it wants to continue. Cursors are sequences and not indexes, so
    they stay valid when events are dropped or removed. Sequences may jump, because messages can be deleted.

    Args:
        epoch: the epoch of the events.
        after: the sequence before the first event.
        max_events: beyond this number the oldest events are dropped, and `floor` rises.
        max_bytes: the same for bytes of memory. One event is always kept.
    """

    def __init__(self, epoch: str, after: int, *, max_events: int, max_bytes: int) -> None:
        self.epoch = epoch
        self.floor = after
        self.head = after
        self._max_events = max_events
        self._max_bytes = max_bytes
        # Lists and not a deque, because clients in the middle are found by bisection. The oldest event is at
        # `_start`. Dropping it moves `_start`, and from time to time the dropped entries before it are deleted.
        self._sequences: list[int] = []
        self._events: list[Event] = []
        self._start = 0
        self._bytes = 0
        # Clients that keep up have the same cursor, so a few entries serve nearly all of them.
        self._shared: dict[tuple[int, View], Chunk] = {}

    def __len__(self) -> int:
        return len(self._events) - self._start

    def append(self, event: Event) -> None:
        """Add the event that follows the head. The caller ensures that there is no event between.

        Raises:
            ValueError: its sequence is not beyond the head, or its epoch is another one.
        """
        if event.position.epoch != self.epoch or event.sequence <= self.head:
            raise ValueError(f"{event.position} does not follow {self.epoch}-{self.head}")
        if (removed := event.removes) is not None:
            self._remove_film(removed)
        self._events.append(event)
        self._sequences.append(event.sequence)
        self._bytes += event.size
        self.advance(event.sequence)
        while len(self) > self._max_events or (self._bytes > self._max_bytes and len(self) > 1):
            self._drop_oldest()

    def advance(self, sequence: int) -> None:
        """Raise the head to a sequence up to which no further event will come."""
        self.head = max(self.head, sequence)
        # A shared chunk reaches to the head of its time, so it is stale now.
        self._shared.clear()

    def chunk(self, after: int, view: View) -> Chunk:
        """Return the joined events after a cursor that is not below the floor.

        Clients with the same cursor and view get the same bytes object.
        """
        if after >= self.head:
            return Chunk(after, 0, 0, b"")
        chunk = self._shared.get((after, view))
        if chunk is None:
            chunk = join(self.after(after), view, through=self.head)
            if len(self._shared) >= _MAX_SHARED:
                del self._shared[next(iter(self._shared))]
            self._shared[after, view] = chunk
        return chunk

    def newest_first(self) -> Iterator[Event]:
        """Iterate over all events backwards. An append invalidates the iterator."""
        for index in range(len(self._events) - 1, self._start - 1, -1):
            yield self._events[index]

    def after(self, sequence: int) -> Iterator[Event]:
        """Iterate over the events after a sequence that is not below the floor. An append invalidates the iterator."""
        start = bisect_right(self._sequences, sequence, lo=self._start)
        return (self._events[index] for index in range(start, len(self._events)))

    def _remove_film(self, film: str) -> None:
        """Drop all versions of a film that was taken down."""
        remaining = [event for event in self._events[self._start :] if event.facets is None or event.facets.id != film]
        self._events, self._start = remaining, 0
        self._sequences = [event.sequence for event in remaining]
        self._bytes = sum(event.size for event in remaining)

    def _drop_oldest(self) -> None:
        oldest = self._events[self._start]
        self.floor = oldest.sequence
        self._bytes -= oldest.size
        self._start += 1
        # Cutting a list moves the rest of it. Waiting until an eighth of it is dropped bounds that cost per event.
        if self._start * 8 > len(self._events):
            del self._events[: self._start], self._sequences[: self._start]
            self._start = 0
