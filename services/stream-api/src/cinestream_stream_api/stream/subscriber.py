"""The subscriber: one client's cursor in the stream."""

import asyncio
from dataclasses import replace
from typing import NamedTuple

import orjson

from cinestream.contracts import Transient
from cinestream_flow.logger import get_logger
from cinestream_stream_api.catalogue.notices import Notice, Notices
from cinestream_stream_api.catalogue.scan import Scan
from cinestream_stream_api.events import frames
from cinestream_stream_api.events.event import Chunk, View
from cinestream_stream_api.events.frames import Wire, http_chunk
from cinestream_stream_api.events.gap import EXPIRED, LOST, REPLACED, Gap, StreamBounds, gap_after
from cinestream_stream_api.events.position import Position
from cinestream_stream_api.events.request import StreamRequest
from cinestream_stream_api.log.history import History
from cinestream_stream_api.log.page_cache import HistoryPage
from cinestream_stream_api.log.tail import Tail
from cinestream_stream_api.metrics import StreamMetrics
from cinestream_stream_api.stream.heartbeats import lag_ms
from cinestream_stream_api.stream.replay_search import SearchTurns
from cinestream_stream_api.stream.scheduler import Listener, Scheduler
from cinestream_stream_api.stream.start_position import StartPosition

log = get_logger("stream")


_COMMENT = http_chunk(frames.COMMENT)
"""The heartbeat of thousands of clients, made once."""


class Sources(NamedTuple):
    """The parts that all subscribers of a process read from."""

    tail: Tail
    history: History
    scheduler: Scheduler
    metrics: StreamMetrics
    scan: Scan
    notices: Notices
    turns: SearchTurns


class Subscriber:
    """A cursor that gives the bytes after a position: from history first, then from the ring.

    Events come in order and each comes once. Events that history has lost are reported by a `gap` event. A subscriber
    holds only its position, so a slow client costs no memory: the caller asks for the next bytes when the last ones
    are written. `events_taken` is the number of events in the bytes that it has given.
    """

    __slots__ = (
        "_announced",
        "_caught_up",
        "_epoch",
        "_heartbeat_ticks",
        "_history",
        "_last_tick",
        "_metrics",
        "_next_heartbeat",
        "_on_gap",
        "_ring",
        "_scheduler",
        "_sequence",
        "_tail",
        "_view",
        "events_taken",
    )

    def __init__(self, view: View, request: StreamRequest, start: StartPosition, sources: Sources) -> None:
        self._view = view
        self._on_gap = request.on_gap
        self._tail = sources.tail
        self._history = sources.history
        self._scheduler = sources.scheduler
        self._metrics = sources.metrics
        self._ring = start.ring  # the ring whose stream the position belongs to
        self._epoch, self._sequence = start.position
        self._announced = start.position.sequence  # the last sequence whose id was sent to the client
        self._caught_up = not start.replays
        self.events_taken = 0
        self._last_tick = tick = sources.scheduler.tick
        self._heartbeat_ticks = sources.scheduler.ticks(request.heartbeat_seconds)
        # NDJSON has no comments, so its heartbeats are positions.
        beats = request.heartbeat_events and view.wire is not Wire.NDJSON
        self._next_heartbeat = tick + self._heartbeat_ticks if beats else None

    def attach(self, listener: Listener) -> None:
        """Accept the connection that writes the bytes."""

    def detach(self) -> None:
        """Forget the connection."""

    @property
    def live(self) -> bool:
        """True once the client has caught up."""
        return self._caught_up

    @property
    def reached(self) -> int:
        """The sequence up to which everything has been taken."""
        return self._sequence

    @property
    def behind(self) -> bool:
        """True if there is more to take already."""
        ring = self._tail.ring
        return self._sequence < ring.head or not self._caught_up or self._ring is not ring

    @property
    def needs_history(self) -> bool:
        """True if the next event is older than the ring."""
        ring = self._tail.ring
        return self._ring is ring and self._epoch == ring.epoch and self._sequence < ring.floor

    def first_block(self, start: StartPosition, retry_ms: int, notice: Notice | None) -> bytes:
        """Return the beginning of the stream. Call it once, with the start position of `__init__`."""
        wire = self._view.wire
        block = frames.retry(wire, retry_ms) + frames.event(wire, frames.POSITION, str(start.announced))
        if start.gap:
            block += self._gap(start.gap)
        if notice:
            block += frames.event(wire, frames.NOTICE, str(start.position), orjson.dumps(notice))
        return block

    def closing_frames(self, retry_ms: int) -> bytes:
        """Return the last bytes of a stream that the server ends."""
        return frames.closing(self._view.wire, retry_ms, self._announce_position())

    def next_chunks(self) -> bytes | None:
        """Return the next bytes that the ring holds, as HTTP chunks.

        Returns:
            Empty bytes if there is nothing new. None if the next event is older than the ring: read history then.
        """
        ring = self._tail.ring
        if self._ring is not ring:
            return self._change_stream()
        if self._epoch != ring.epoch:
            # The id is of a newer stream. A resync was requested when it was looked up, and finds that stream.
            return b""
        if self._sequence >= ring.head:
            return b"" if self._caught_up else self._take_live()
        if self._sequence < ring.floor:
            return None
        data = self._take(ring.chunk(self._sequence, self._view))
        # A filter may hide all of the replayed events. Then nothing but their end is sent.
        return data if data or self._caught_up or self._sequence < ring.head else self._take_live()

    def _take_live(self) -> bytes:
        """Return the `live` event that ends a replay.

        It is a chunk of its own, so that the chunk before it is shared with clients that are live already.
        """
        self._caught_up = True
        return http_chunk(frames.event(self._view.wire, frames.LIVE, self._announce_position()))

    async def read_history(self) -> bytes:
        """Read the next bytes from history, perhaps none. Call it while `needs_history` is true."""
        position = self.position
        ring = self._tail.ring
        try:
            page = await self._history.page(position, head=ring.head)
        except Transient as error:
            log.debug("subscriber.history_unavailable", reason=str(error))
            self._tail.request_resync()
            # Try again at the next wake-up: NATS is back, a tick has passed, or the stream was replaced.
            await self._scheduler.wait()
            return self.heartbeat()
        if gap := gap_after(position, StreamBounds(position.epoch, page.first, ring.head), self._on_gap):
            # A client that catches up may come too late, or read slowly on purpose. A live client is not at fault.
            return http_chunk(self._gap(replace(gap, cause=LOST if self._caught_up else EXPIRED)))
        # A cached page is returned without waiting, so that a long replay would starve the other streams.
        await asyncio.sleep(0)
        return self._take(self._page_chunk(page))

    def _page_chunk(self, page: HistoryPage) -> Chunk:
        return self._history.chunk(page, self._sequence, self._view)

    def _change_stream(self) -> bytes | None:
        """Continue in a stream that was recreated or restored to an earlier state, on the open connection."""
        self._ring = self._tail.ring
        gap = gap_after(self.position, self._tail.bounds, self._on_gap)
        if gap is None:
            return self.next_chunks()
        self._caught_up = False
        return http_chunk(self._gap(replace(gap, cause=REPLACED)))

    def _gap(self, gap: Gap) -> bytes:
        """Move to the position behind the gap, and return the `gap` event."""
        self._epoch, self._sequence = gap.position
        self._metrics.gaps.labels(gap.cause).inc()
        first = str(gap.first_available)
        data = frames.gap_data(requested=gap.requested, first_available=first, missed=gap.missed)
        return frames.event(self._view.wire, frames.GAP, self._announce_position(), data)

    def _take(self, chunk: Chunk) -> bytes:
        self._sequence = chunk.sequence
        if chunk.events:
            self._last_tick = self._scheduler.tick
            self._announced = chunk.shown
            self.events_taken += chunk.events
        return chunk.framed

    @property
    def view(self) -> View:
        """The format and the filter of the client."""
        return self._view

    @property
    def lag_events(self) -> int:
        """The number of events that the ring's stream has after the position."""
        ring = self._tail.ring
        return max(0, ring.head - self._sequence)

    @property
    def position(self) -> Position:
        """The position up to which everything has been taken."""
        return Position(self._epoch, self._sequence)

    def _announce_position(self) -> str:
        self._last_tick = self._scheduler.tick
        self._announced = self._sequence
        return str(self.position)

    def probe(self) -> bytes:
        """Return a heartbeat at once, whose arrival shows that the client still reads."""
        if self._view.wire is Wire.NDJSON:
            return http_chunk(frames.heartbeat(Wire.NDJSON, str(self.position)))
        return _COMMENT

    def heartbeat(self) -> bytes:
        """Return a heartbeat if one is due, else nothing.

        An event is due in a fixed interval, and a comment after an interval of silence. If a filter has hidden events
        meanwhile, a `position` event replaces the comment. The client can then resume from there, instead of from an
        id that history may have lost by then.
        """
        tick = self._scheduler.tick
        if self._next_heartbeat is not None:
            return self._heartbeat_event(tick) if tick >= self._next_heartbeat else b""
        silence = tick - self._last_tick
        if self._announced != self._sequence and silence >= self._scheduler.ticks():
            return http_chunk(frames.event(self._view.wire, frames.POSITION, self._announce_position()))
        if silence < self._heartbeat_ticks:
            return b""
        self._last_tick = tick
        return self.probe()

    def _heartbeat_event(self, tick: int) -> bytes:
        self._next_heartbeat = tick + self._heartbeat_ticks
        ring, heartbeats = self._tail.ring, self._scheduler.heartbeats
        lag = lag_ms(ring, self._sequence if self._ring is ring else 0)
        return heartbeats.chunk(self._announce_position(), lag, tick)
