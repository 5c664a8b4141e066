"""`Ring`: the newest events, bounded. Clients are cursors into it: sequences after which they want to go on."""

from bisect import bisect_right
from collections.abc import Iterator

from cinestream_stream_api.events.event import Chunk, Event, View, join

_MOST_SHARED = 64


class Ring:
    """Every event of one epoch with a sequence in (`floor`, `head`], the newest ones, in order.

    Sequences may jump, where messages were deleted. When it holds more than `most_events` events or
    `most_bytes` bytes, the oldest go and `floor` rises.
    """

    def __init__(self, epoch: str, after: int, *, most_events: int, most_bytes: int) -> None:
        self.epoch = epoch
        self.floor = after
        self.head = after
        self._most_events = most_events
        self._most_bytes = most_bytes
        # The oldest are at `_start`: dropping one moves it, and once in a while both lists are cut.
        self._sequences: list[int] = []
        self._events: list[Event] = []
        self._start = 0
        self._bytes = 0
        self._shared: dict[tuple[int, View], Chunk] = {}

    def __len__(self) -> int:
        return len(self._events) - self._start

    def append(self, event: Event) -> None:
        """Add the event that follows the head; the caller knows that there is none between.

        Raises:
            ValueError: its sequence is not beyond the head, or it is of another epoch.
        """
        if event.position.epoch != self.epoch or event.sequence <= self.head:
            raise ValueError(f"{event.position} does not follow {self.epoch}-{self.head}")
        if (removed := event.removes) is not None:
            self._forget(removed)
        self._events.append(event)
        self._sequences.append(event.sequence)
        self._bytes += event.size
        self.advance(event.sequence)
        while len(self) > self._most_events or (self._bytes > self._most_bytes and len(self) > 1):
            self._drop_oldest()

    def advance(self, sequence: int) -> None:
        """Raise the head to a sequence up to which no further event will ever come."""
        self.head = max(self.head, sequence)
        self._shared.clear()

    def chunk(self, after: int, view: View) -> Chunk:
        """What follows a cursor that is not below the floor, joined; the same bytes for all who ask alike."""
        if after >= self.head:
            return Chunk(after, 0, 0, b"")
        chunk = self._shared.get((after, view))
        if chunk is None:
            chunk = join(self.after(after), view, through=self.head)
            if len(self._shared) >= _MOST_SHARED:
                del self._shared[next(iter(self._shared))]
            self._shared[after, view] = chunk
        return chunk

    def newest_first(self) -> Iterator[Event]:
        """All events, backwards; not to be used any more after an append."""
        for index in range(len(self._events) - 1, self._start - 1, -1):
            yield self._events[index]

    def after(self, sequence: int) -> Iterator[Event]:
        """All events after a sequence that is not below the floor; not to be used any more after an append."""
        start = bisect_right(self._sequences, sequence, lo=self._start)
        return (self._events[index] for index in range(start, len(self._events)))

    def _forget(self, film: str) -> None:
        """Drop the versions of a film that was taken down; cursors are sequences, so they stay right."""
        kept = [event for event in self._events[self._start :] if event.facets is None or event.facets.id != film]
        self._events, self._start = kept, 0
        self._sequences = [event.sequence for event in kept]
        self._bytes = sum(event.size for event in kept)

    def _drop_oldest(self) -> None:
        oldest = self._events[self._start]
        self.floor = oldest.sequence
        self._bytes -= oldest.size
        self._start += 1
        if self._start * 8 > len(self._events):
            del self._events[: self._start], self._sequences[: self._start]
            self._start = 0
