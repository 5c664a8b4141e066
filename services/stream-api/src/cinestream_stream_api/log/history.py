"""`History`: what JetStream holds, read page by page and shared by all clients."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

import anyio
import structlog

from cinestream.bus.jetstream import Bus, StoredMessage
from cinestream.bus.topology import MOVIES
from cinestream.contracts import Transient
from cinestream_stream_api.events.event import Chunk, Event, NotAFilm, View, film, join, wanted
from cinestream_stream_api.events.position import Position, epoch_of
from cinestream_stream_api.events.resume import Held
from cinestream_stream_api.metrics import StreamMetrics

PAGE = 500
"""Sequences in a page, and messages in a read of JetStream."""

SPAN = PAGE // 5
"""Sequences in a chunk of a page: chunks end at multiples of it, so that clients from anywhere soon share theirs."""

_READS_AT_ONCE = 4

_PARTS = 8
"""Of the bytes that history may take, one part in so many is for joined chunks, one for reads under way."""

_TRIES = 3

log = structlog.get_logger("stream")


@dataclass(frozen=True, eq=False)
class Page:
    """Every event with a sequence in (`after`, `through`]; what was before `first` is gone from history."""

    after: int
    through: int
    first: int
    events: tuple[Event, ...]

    @property
    def size(self) -> int:
        """About how many bytes of memory it takes."""
        return 1000 + sum(event.size for event in self.events)


class History:
    """Reads of JetStream: however many clients ask for the same at once, it is read once.

    Every method raises `Transient` when NATS does not answer, or when the stream is gone or another one than
    the asker knows.
    """

    def __init__(self, bus: Bus, *, most_bytes: int, metrics: StreamMetrics) -> None:
        self._bus = bus
        self._most_shared = most_bytes // _PARTS
        self._most_bytes = most_bytes - 2 * self._most_shared
        self._metrics = metrics
        self._pages: OrderedDict[tuple[str, int], Page] = OrderedDict()
        self._bytes = self._shared_bytes = 0
        self._shared: OrderedDict[tuple[Page, int, View], Chunk] = OrderedDict()
        self._age = 0
        self._asking: dict[tuple[str, int], asyncio.Task[Page]] = {}
        self._reads = asyncio.Semaphore(_READS_AT_ONCE)

    async def held(self) -> Held:
        """What the stream holds now; never an answer to an earlier question."""
        try:
            state = await self._bus.stream_state(MOVIES)
        except KeyError as error:
            raise Transient(f"the stream {MOVIES} is missing") from error
        if state.max_bytes > 0:
            self._metrics.fill.set(state.bytes / state.max_bytes)
        return Held(epoch_of(state.created), max(state.first_sequence, 1), state.last_sequence)

    def forget(self) -> None:
        """Drop every page that was read, or is being read now."""
        self._age += 1
        self._asking.clear()
        self._shared.clear()
        self._pages.clear()
        self._bytes = self._shared_bytes = 0

    async def page(self, after: Position, *, head: int) -> Page:
        """The page with the event that follows a position; `head` is a sequence known to be stored."""
        key = (after.epoch, after.sequence // PAGE)
        page = self._pages.get(key)
        if page is None or page.through <= after.sequence:
            page = await self._once(key, head)
        else:
            self._pages.move_to_end(key)
        return page

    def chunk(self, page: Page, after: int, view: View) -> Chunk:
        """What a page has after a sequence, joined; the same bytes for all who ask alike."""
        chunk = self._shared.get((page, after, view))
        if chunk is None:
            through = min(after - after % SPAN + SPAN, page.through)
            events = (event for event in page.events if after < event.sequence <= through)
            chunk = self._shared[page, after, view] = join(events, view, through=through)
            self._shared_bytes += chunk.size
            while self._shared_bytes > self._most_shared and len(self._shared) > 1:
                self._shared_bytes -= self._shared.popitem(last=False)[1].size
        return chunk

    async def before(self, moment: datetime) -> int | None:
        """The sequence just before the first event stored at that time or later; None if there is none."""
        found = await self._bus.first_message_since(MOVIES, moment)
        return found.sequence - 1 if found else None

    async def backwards(self, end: Position, view: View, *, head: int) -> AsyncIterator[Event]:
        """What the view shows of the events up to `end`, newest first, as far as history goes."""
        while end.sequence > 0:
            page = await self.page(Position(end.epoch, end.sequence - 1), head=head)
            for event in reversed(page.events):
                if event.sequence <= end.sequence and wanted(event, view.filter):
                    yield event
            if end.sequence <= page.first:
                return
            end = Position(end.epoch, end.sequence - 1 - (end.sequence - 1) % PAGE)

    async def read(self, epoch: str, after: int, most: int, *, purpose: str) -> tuple[list[Event], int, int]:
        """Read events after a sequence: them, the last sequence looked at, and the stream's first one.

        The last sequence is `after` itself when nothing was found. Events that were cut off history while
        they were read are left out, so from the first sequence on they are complete.
        """
        self._metrics.history_reads.labels(purpose).inc()
        stored = await self._bus.read(MOVIES, start=after + 1, limit=most)
        # Asked after the read: only then does it say whether the read was of this stream, and uncut.
        held = await self.held()
        if held.epoch != epoch:
            raise Transient("the stream was recreated")
        last = stored[-1].sequence if stored else after
        return self._events(epoch, [m for m in stored if m.sequence >= held.first]), last, held.first

    async def _read_page(self, epoch: str, number: int, head: int) -> Page:
        start, end = number * PAGE, (number + 1) * PAGE
        age = self._age
        at, first, tries, events = start, 1, 0, list[Event]()
        async with self._reads:
            # On a replicated stream a read right after storing can find nothing; a deleted end looks alike.
            while at < min(end, head) and tries < _TRIES:
                found, last, first = await self.read(epoch, at, end - at, purpose="page")
                events += found
                if last == at:
                    tries += 1
                    await anyio.sleep(0.02)
                at = max(last, first - 1)
        through = max(min(end, max(at, head)), first - 1)
        kept = tuple(event for event in events if first <= event.sequence <= end)
        page = Page(max(start, first - 1), through, first, kept)
        # One that began before pages were to be forgotten serves those who asked then, and nobody else.
        return self._keep((epoch, number), page) if age == self._age else page

    def _events(self, epoch: str, stored: list[StoredMessage]) -> list[Event]:
        events = []
        for message in stored:
            try:
                events.append(film(Position(epoch, message.sequence), message.headers, message.body))
            except NotAFilm as error:
                self._metrics.skipped.inc()
                log.warning("history.not_a_film", sequence=message.sequence, reason=str(error))
        return events

    def _keep(self, key: tuple[str, int], page: Page) -> Page:
        if old := self._pages.pop(key, None):
            self._bytes -= old.size
        self._pages[key] = page
        self._bytes += page.size
        while self._bytes > self._most_bytes and len(self._pages) > 1:
            self._bytes -= self._pages.popitem(last=False)[1].size
        return page

    def _asked(self, key: tuple[str, int], task: asyncio.Task[Page]) -> None:
        if self._asking.get(key) is task:
            del self._asking[key]

    async def _once(self, key: tuple[str, int], head: int) -> Page:
        """Read a page, unless it is being read already: then share the page, or the error."""
        task = self._asking.get(key)
        if task is None:
            task = asyncio.create_task(self._read_page(*key, head))
            self._asking[key] = task
            task.add_done_callback(lambda done: self._asked(key, done))
            # When every asker has gone there is nobody left to be told of an error.
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
        return await asyncio.shield(task)
