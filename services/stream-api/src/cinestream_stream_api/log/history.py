"""History: the events that JetStream holds, read page by page and shared by all clients."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

import anyio

from cinestream.bus.jetstream import Bus, StoredMessage
from cinestream.bus.topology import MOVIES
from cinestream.contracts import Transient
from cinestream_flow.logger import get_logger
from cinestream_stream_api.events.event import Chunk, Event, NotAFilm, View, film, is_shown
from cinestream_stream_api.events.gap import StreamBounds
from cinestream_stream_api.events.position import Position, epoch_of
from cinestream_stream_api.log.page_cache import HistoryPage, PageCache, PageKey
from cinestream_stream_api.metrics import StreamMetrics

PAGE = 500
"""Sequences in a page, and messages in one read of JetStream."""

_PARTS = 8
"""Equal parts of `max_bytes`. One is for joined chunks, one for reads under way, and the rest for cached pages."""

_MAX_READS = 4
"""Reads of pages at the same time."""

_MAX_EMPTY_READS = 3
_EMPTY_READ_PAUSE = 0.02

log = get_logger("stream")


def stored_event(epoch: str, message: StoredMessage) -> Event:
    """Return the event of a message of the stream. Raises `NotAFilm`."""
    return film(Position(epoch, message.sequence), message.headers, message.body, message.time)


class History:
    """Reads of JetStream. When several clients need the same page at once, it is read once.

    All methods that read raise `Transient` if NATS does not answer, if the stream is missing, or if it is no longer
    the stream of the caller's epoch.

    Args:
        bus: the connection to NATS.
        max_bytes: the memory of cached pages, chunks and reads under way.
        metrics: counts the reads and shows how full the stream is.
    """

    def __init__(self, bus: Bus, *, max_bytes: int, metrics: StreamMetrics) -> None:
        self._bus = bus
        self._metrics = metrics
        part = max_bytes // _PARTS
        self._cache = PageCache(max_page_bytes=max_bytes - 2 * part, max_chunk_bytes=part)
        self._reading: dict[PageKey, asyncio.Task[HistoryPage]] = {}
        self._read_slots = asyncio.Semaphore(_MAX_READS)

    async def bounds(self) -> StreamBounds:
        """Ask the stream for its current bounds. The answer is never older than the call."""
        try:
            state = await self._bus.stream_state(MOVIES)
        except KeyError as error:
            raise Transient(f"the stream {MOVIES} is missing") from error
        if state.max_bytes > 0:
            self._metrics.fill.set(state.bytes / state.max_bytes)
        return StreamBounds(epoch_of(state.created), max(state.first_sequence, 1), state.last_sequence)

    def forget(self) -> None:
        """Drop all cached pages, and the results of reads under way, because the stream or a film is gone."""
        self._reading.clear()
        self._cache.clear()

    async def page(self, after: Position, *, head: int) -> HistoryPage:
        """Return the page with the event that follows a position. `head` is a sequence that is known to be stored."""
        key = (after.epoch, after.sequence // PAGE)
        return self._cache.get(key, after.sequence) or await self._read_once(key, head)

    def chunk(self, page: HistoryPage, after: int, view: View) -> Chunk:
        """Return the joined events of a page after a sequence: the same bytes object for all clients alike."""
        return self._cache.chunk(page, after, view)

    async def before(self, moment: datetime) -> int | None:
        """Return the sequence just before the first event stored at `moment` or later, or None if there is none."""
        found = await self._bus.first_message_since(MOVIES, moment)
        return found.sequence - 1 if found else None

    async def backwards(self, end: Position, view: View, *, head: int) -> AsyncIterator[Event]:
        """Iterate over the events up to `end` that the view shows, newest first, until history begins."""
        while end.sequence > 0:
            page = await self.page(Position(end.epoch, end.sequence - 1), head=head)
            await asyncio.sleep(0)  # a cached page is returned without waiting, and there may be many
            for event in reversed(page.events):
                if event.sequence <= end.sequence and is_shown(event, view.filter):
                    yield event
            if end.sequence <= page.first:
                return
            end = Position(end.epoch, end.sequence - 1 - (end.sequence - 1) % PAGE)

    async def read(self, epoch: str, after: int, limit: int, *, purpose: str) -> tuple[list[Event], int, int]:
        """Read up to `limit` messages after a sequence.

        Messages that were deleted during the read are left out, so the events are complete from the stream's first
        sequence on.

        Returns:
            The events, the last sequence read (`after` if nothing was found), and the stream's first sequence.
        """
        self._metrics.history_reads.labels(purpose).inc()
        stored = await self._bus.read(MOVIES, start=after + 1, limit=limit)
        # The bounds are requested after the read. Only then do they prove that the read was of this stream, and show
        # which of its messages may have been deleted meanwhile.
        bounds = await self.bounds()
        if bounds.epoch != epoch:
            raise Transient("the stream was recreated")
        last = stored[-1].sequence if stored else after
        return self._events(epoch, [m for m in stored if m.sequence >= bounds.first]), last, bounds.first

    def _events(self, epoch: str, stored: list[StoredMessage]) -> list[Event]:
        events = []
        for message in stored:
            try:
                events.append(stored_event(epoch, message))
            except NotAFilm as error:
                self._metrics.skipped.inc()
                log.warning("history.message_skipped", sequence=message.sequence, reason=str(error))
        return events

    async def _read_once(self, key: PageKey, head: int) -> HistoryPage:
        """Read a page, or join a read of it that is under way. Both share the page and the error."""
        task = self._reading.get(key)
        if task is None:
            task = asyncio.create_task(self._read_page(*key, head))
            self._reading[key] = task
            task.add_done_callback(lambda done: self._read_done(key, done))
            # If all clients have gone meanwhile, nobody retrieves the error, which asyncio would report.
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
        # A client that goes must not cancel the read of the others.
        return await asyncio.shield(task)

    def _read_done(self, key: PageKey, task: asyncio.Task[HistoryPage]) -> None:
        if self._reading.get(key) is task:
            del self._reading[key]

    async def _read_page(self, epoch: str, number: int, head: int) -> HistoryPage:
        start, end = number * PAGE, (number + 1) * PAGE
        generation = self._cache.generation
        last_read, first, empty_reads, events = start, 1, 0, list[Event]()
        async with self._read_slots:
            # A read that finds nothing is tried again. On a replicated stream a message that was just stored may not
            # be readable yet. Messages that were deleted look the same, so the tries are limited.
            while last_read < min(end, head) and empty_reads < _MAX_EMPTY_READS:
                found, last, first = await self.read(epoch, last_read, end - last_read, purpose="page")
                events += found
                if last == last_read:
                    empty_reads += 1
                    await anyio.sleep(_EMPTY_READ_PAUSE)
                last_read = max(last, first - 1)
        through = max(min(end, max(last_read, head)), first - 1)
        remaining = tuple(event for event in events if first <= event.sequence <= end)
        page = HistoryPage(max(start, first - 1), through, first, remaining)
        # A read that began before `forget` may hold a film that was taken down: it serves only those who wait for it.
        if generation == self._cache.generation:
            self._cache.add((epoch, number), page)
        return page
