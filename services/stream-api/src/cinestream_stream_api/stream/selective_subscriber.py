"""The subscriber of a client that wants only a part of the events: up to an end, or each film once."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import takewhile

from cinestream.contracts import Transient
from cinestream_stream_api.catalogue.film_index import FilmIndex
from cinestream_stream_api.events.event import Chunk, Event, View, join
from cinestream_stream_api.events.request import StreamRequest
from cinestream_stream_api.log.page_cache import HistoryPage
from cinestream_stream_api.stream.scheduler import Listener
from cinestream_stream_api.stream.start_position import StartPosition
from cinestream_stream_api.stream.stream_end import StreamEnd
from cinestream_stream_api.stream.subscriber import Sources, Subscriber


class SelectiveSubscriber(Subscriber):
    """A subscriber with an end, or one that leaves out versions of a film that are followed by a newer one.

    Its chunks are joined for it alone, where they differ from those of other clients.
    """

    __slots__ = ("_distinct", "_end", "_listener", "_scan", "_timer")

    def __init__(
        self, view: View, request: StreamRequest, start: StartPosition, sources: Sources, end: StreamEnd | None
    ) -> None:
        super().__init__(view, request, start, sources)
        self._distinct = request.distinct
        self._end = end
        self._scan = sources.scan
        self._listener: Listener | None = None
        self._timer: asyncio.Handle | None = None

    def attach(self, listener: Listener) -> None:
        """Push the connection when the end lies in the future and comes. End it when the end is reached."""
        self._listener = listener
        if self._end and self._end.moment:
            delay = (self._end.moment - datetime.now(UTC)).total_seconds()
            self._timer = asyncio.get_running_loop().call_later(delay, self._scheduler.schedule, listener)

    def detach(self) -> None:
        """Forget the connection."""
        self._listener = None
        if self._timer is not None:
            self._timer.cancel()

    @property
    def needs_history(self) -> bool:
        """True if the next event is older than the ring, or the end or the index must be found first."""
        return not self._is_at_end and (super().needs_history or self._must_wait)

    @property
    def _must_wait(self) -> bool:
        return self._has_come or (self._selects and self._scan.current() is None)

    @property
    def _selects(self) -> bool:
        return self._distinct and not self._caught_up

    @property
    def _has_come(self) -> bool:
        """True if the end is a moment that has passed, so that its sequence must be found."""
        return self._end is not None and self._end.moment is not None and self._end.moment <= datetime.now(UTC)

    @property
    def _is_at_end(self) -> bool:
        return self._end is not None and self._end.sequence is not None and self._sequence >= self._end.sequence

    def next_chunks(self) -> bytes | None:
        """Return the next bytes, as `Subscriber` does. End the stream if there are no more."""
        chunks = None if self._must_wait else self._next_chunks()
        if self._is_at_end and self._listener:
            self._listener.end("until")
        return chunks

    def _next_chunks(self) -> bytes | None:
        ring = self._tail.ring
        if self._is_at_end:
            return b""
        if self._ring is not ring or self._epoch != ring.epoch or not ring.floor <= self._sequence < ring.head:
            return super().next_chunks()
        shared = None if self._selects else ring.chunk(self._sequence, self._view)
        data = self._take(self._part(shared, ring.after(self._sequence), ring.head))
        return data if data or self._caught_up or self._is_at_end or self._sequence < ring.head else self._take_live()

    async def read_history(self) -> bytes:
        """Read the next bytes from history, or wait for the end's sequence or the index."""
        try:
            if self._end and self._has_come:
                await self._end.resolve(self._history)
                return b""
        except Transient:
            self._tail.request_resync()
            await self._scheduler.wait()
            return self.heartbeat()
        if self._must_wait:
            await self._scheduler.wait()
            return self.heartbeat()
        return await super().read_history()

    def _page_chunk(self, page: HistoryPage) -> Chunk:
        shared = None if self._selects else super()._page_chunk(page)
        return self._part(shared, (event for event in page.events if event.sequence > self._sequence), page.through)

    def _part(self, shared: Chunk | None, events: Iterable[Event], through: int) -> Chunk:
        """Return the chunk that other clients get if all of it is due, else one with the events that are."""
        last = through if self._end is None or self._end.sequence is None else self._end.sequence
        if shared and shared.sequence <= last:
            return shared
        through = min(through, last)
        due = takewhile(lambda event: event.sequence <= through, events)
        index = self._scan.current() if self._selects else None
        if index is not None:
            due = (event for event in due if _is_newest(event, index))  # type: ignore[assignment]
        return join(due, self._view, through=through)

    def _change_stream(self) -> bytes | None:
        epoch = self._epoch
        chunks = super()._change_stream()
        if self._epoch != epoch and self._end:
            # The end is a place in the stream that is gone.
            self._end = StreamEnd(self._sequence)
        return chunks


def _is_newest(event: Event, index: FilmIndex) -> bool:
    return event.facets is None or index.events.is_newest(event.sequence, event.facets.id)
