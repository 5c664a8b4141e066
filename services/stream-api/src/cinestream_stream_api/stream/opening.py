"""The opening of a stream: from the request to the subscriber at its start position."""

from itertools import islice
from typing import NamedTuple

from cinestream.contracts import Transient
from cinestream_stream_api.catalogue.notices import Notice
from cinestream_stream_api.events import frames
from cinestream_stream_api.events.event import View, is_shown
from cinestream_stream_api.events.frames import Wire, http_chunk
from cinestream_stream_api.events.position import Position
from cinestream_stream_api.events.request import StreamRequest
from cinestream_stream_api.events.resume import After, Live, Replay
from cinestream_stream_api.log.ring import Ring
from cinestream_stream_api.stream.replay_search import ReplaySearch, search_history, search_ring
from cinestream_stream_api.stream.selective_subscriber import SelectiveSubscriber
from cinestream_stream_api.stream.start_position import StartPosition, find_start
from cinestream_stream_api.stream.stream_end import StreamEnd
from cinestream_stream_api.stream.subscriber import Sources, Subscriber

_MAX_LOOKED_AT = 2000
"""Events that are looked at to find out whether any of them is left for a client that comes back."""


class Asked(NamedTuple):
    """A request with its format and filter, and with its end resolved."""

    request: StreamRequest
    view: View
    end: StreamEnd | None


class Opening:
    """A stream whose start is not known yet. A connection treats it like a subscriber until `subscriber` is set.

    It has no position, so it gives out no id: a client that reconnects repeats its request.

    Args:
        asked: the request.
        sources: the parts that are searched.
        retry_ms: the reconnection delay in the first block.
    """

    __slots__ = ("_asked", "_retry_ms", "_search", "_sources", "_start", "subscriber")

    live = False
    reached = lag_events = events_taken = 0
    behind = True
    position = "unknown"

    def __init__(self, asked: Asked, sources: Sources, retry_ms: int) -> None:
        self.subscriber: Subscriber | None = None
        self._asked = asked
        self._sources = sources
        self._retry_ms = retry_ms
        self._start: StartPosition | None = None
        self._search: tuple[Ring, ReplaySearch] | None = None

    async def begin(self) -> bytes:
        """Return the first bytes of the stream at once: its first block, or a comment if the start is not known yet.

        Raises:
            Transient: NATS does not answer.
        """
        self._start = await self._find_at_once()
        if self._start is None or self._sources.notices.may_apply(self._asked.view.filter):
            return frames.starting(self._asked.view.wire)
        return self._open(self._start, None)

    @property
    def view(self) -> View:
        """The format and the filter of the client."""
        return self._asked.view

    @property
    def nothing_left(self) -> bool:
        """True if a client that comes back with an id has been sent everything before the end of its stream."""
        (request, view, end), start = self._asked, self._start
        if start is None or start.gap or end is None or end.sequence is None or not isinstance(request.start, After):
            return False
        last, sequence = end.sequence, start.position.sequence
        if sequence >= last:
            return True
        ring = self._sources.tail.ring
        if start.ring is not ring or not ring.floor <= sequence <= last <= ring.head:
            return False
        left = list(islice(ring.after(sequence), _MAX_LOOKED_AT))
        is_complete = len(left) < _MAX_LOOKED_AT
        return is_complete and not any(event.sequence <= last and is_shown(event, view.filter) for event in left)

    async def _find_at_once(self) -> StartPosition | None:
        request, view, _ = self._asked
        start, sources = request.start, self._sources
        ring, index = sources.tail.ring, sources.scan.current()
        if index is None and request.distinct and not isinstance(start, Live):
            return None
        if not isinstance(start, Replay):
            return await find_start(request, sources.tail, sources.history)
        if index is not None:
            through = self._last_due(ring)
            self._search = ring, ReplaySearch(index, start.count, view, distinct=request.distinct, through=through)
            found = self._search[1].step()
        else:
            sequence, lacking = search_ring(ring, start.count, view, through=self._last_due(ring))
            bounds = sources.tail.bounds
            found = sequence if not lacking or ring.floor <= bounds.before_first.sequence else None
        return None if found is None else _at(ring, found)

    async def _find(self) -> StartPosition | None:
        """Return the start position, or None if the index must be waited for."""
        if self._search is None and (start := await self._find_at_once()):
            return start
        if self._search is not None:
            ring, search = self._search
            return _at(ring, await self._sources.turns.finish(search))
        request, view, _ = self._asked
        if request.distinct or not isinstance(request.start, Replay):
            return None
        ring, history = self._sources.tail.ring, self._sources.history
        through = self._last_due(ring)
        return _at(ring, await search_history(ring, request.start.count, view, history, through=through))

    def _last_due(self, ring: Ring) -> int:
        """Return the last sequence that a replay may begin with: that of the ring, or of an earlier end."""
        end = self._asked.end
        return (
            min(ring.head, end.sequence) if end and end.sequence is not None and end.epoch == ring.epoch else ring.head
        )

    def _open(self, start: StartPosition, notice: Notice | None) -> bytes:
        """Set the subscriber, and return the first block."""
        request, view, end = self._asked
        if end and end.epoch not in (None, start.position.epoch):
            # The stream was recreated meanwhile. The end is a place in the stream that is gone.
            end = StreamEnd(start.position.sequence)
        if request.distinct or end:
            self.subscriber = SelectiveSubscriber(view, request, start, self._sources, end)
        else:
            self.subscriber = Subscriber(view, request, start, self._sources)
        return self.subscriber.first_block(start, self._retry_ms, notice)

    @property
    def needs_history(self) -> bool:
        """True until the stream is open."""
        return self.subscriber is None

    async def read_history(self) -> bytes:
        """Return the first block once the start is known, else a comment from time to time."""
        try:
            self._start = self._start or await self._find()
        except Transient:
            self._sources.tail.request_resync()
        if self._start is None:
            await self._sources.scheduler.wait()
            return self.heartbeat()
        notice = await self._sources.notices.of(self._asked.view.filter)
        return http_chunk(self._open(self._start, notice))

    def next_chunks(self) -> None:
        """Return None, because a task must find the start."""

    def heartbeat(self) -> bytes:
        """Return a comment, since there is no position yet. NDJSON has no comments."""
        return b"" if self._asked.view.wire is Wire.NDJSON else http_chunk(frames.COMMENT)

    probe = heartbeat

    def closing_frames(self, retry_ms: int) -> bytes:
        """Return the end of a stream that was not opened: `busy` without an id, and nothing in NDJSON."""
        return b"" if self._asked.view.wire is Wire.NDJSON else frames.busy(retry_ms)


def _at(ring: Ring, sequence: int) -> StartPosition:
    position = Position(ring.epoch, sequence)
    return StartPosition(ring, position, position)
