"""`Subscriber`: one client's cursor. It says which bytes come next: history first, then the ring."""

import asyncio

import structlog

from cinestream.contracts import Transient
from cinestream_stream_api.events import frames
from cinestream_stream_api.events.event import Chunk, View
from cinestream_stream_api.events.frames import http_chunk
from cinestream_stream_api.events.position import Position
from cinestream_stream_api.events.resume import Gap, gap_after
from cinestream_stream_api.stream.hub import BEATS, Hub
from cinestream_stream_api.stream.start_position import Opening

log = structlog.get_logger("stream")


class Subscriber:
    """Everything after a position, in order, without a gap or a repetition that is not said.

    It holds nothing but the position: whoever serves it asks for the next bytes when the last are written.
    """

    __slots__ = (
        "_beat",
        "_caught_up",
        "_epoch",
        "_hub",
        "_opening",
        "_ring",
        "_said",
        "_sequence",
        "_tail",
        "_told",
        "_view",
    )

    def __init__(self, hub: Hub, view: View, opening: Opening) -> None:
        self._hub = hub
        self._tail = hub.tail
        self._view = view
        self._opening: Opening | None = opening
        self._ring = opening.ring
        self._epoch, self._sequence = opening.position
        self._said = opening.position.sequence  # the last that the client was told, of this epoch
        self._caught_up = not opening.replays
        self._told = 0
        self._beat = hub.beat

    @property
    def live(self) -> bool:
        """Whether it has seen everything there is, at least once."""
        return self._caught_up

    @property
    def reached(self) -> int:
        """The sequence up to which everything was taken."""
        return self._sequence

    @property
    def behind(self) -> bool:
        """Whether there already is more to say than it has taken."""
        ring = self._tail.ring
        return self._sequence < ring.head or not self._caught_up or self._ring is not ring

    @property
    def needs_history(self) -> bool:
        """Whether the ring does not reach back to what comes next."""
        ring = self._tail.ring
        return self._ring is ring and self._epoch == ring.epoch and self._sequence < ring.floor

    def told(self) -> int:
        """How many events were taken since it was last asked."""
        told, self._told = self._told, 0
        return told

    def first_block(self) -> bytes:
        """The beginning of the stream."""
        opening, wire = self._opening, self._view.wire
        assert opening is not None, "it begins once"
        self._opening = None
        block = frames.retry(wire, self._hub.settings.stream_retry_ms)
        block += frames.event(wire, frames.POSITION, str(opening.announced))
        return block + self._gap(opening.gap, opening.position) if opening.gap else block

    def farewell(self) -> bytes:
        """The end of a stream that the server ends."""
        return frames.farewell(self._view.wire, self._hub.retry_ms(spread=2))

    def next_chunks(self) -> bytes | None:
        """The next bytes as chunks of HTTP, as far as the ring has them; nothing when there is nothing new.

        None when the ring does not reach back so far.
        """
        ring = self._tail.ring
        if self._ring is not ring:
            return self._change_stream()
        if self._epoch != ring.epoch:
            return b""  # the tail has been told to doubt, and will find the stream that this is of
        if self._sequence >= ring.head:
            return b"" if self._caught_up else self._say_live()
        if self._sequence < ring.floor:
            return None
        data = self._take(ring.chunk(self._sequence, self._view))
        # A filter may have left nothing of what was missed: then its end is all there is to say.
        return data if data or self._caught_up or self._sequence < ring.head else self._say_live()

    def _say_live(self) -> bytes:
        """The end of a replay; for itself, so that all who end it alike are given the same bytes before it."""
        self._caught_up = True
        return http_chunk(frames.event(self._view.wire, frames.LIVE, self._say_position()))

    async def from_history(self) -> bytes:
        """The next bytes from history, perhaps none; for when `needs_history`."""
        position = self._position
        try:
            page = await self._hub.history.page(position, head=self._hub.ring.head)
        except Transient as error:
            log.debug("subscriber.no_history", reason=str(error))
            self._hub.tail.doubt()
            # Tried again when something happens: the bus is back, a beat, or another stream.
            await self._hub.wait()
            return self.sign_of_life()
        missed = page.first - 1 - position.sequence
        if missed > 0:
            return self._tell_gap(Gap(str(position), missed), Position(position.epoch, page.first - 1))
        await asyncio.sleep(0)  # pages that are there already must not keep others waiting
        return self._take(self._hub.history.chunk(page, position.sequence, self._view))

    def _change_stream(self) -> bytes | None:
        """Go on in a stream that was recreated, or restored to an earlier state, under the open connection."""
        self._ring = self._hub.ring
        held = self._hub.tail.held
        gap = gap_after(self._position, held)
        if gap is None:
            return self.next_chunks()
        self._caught_up = False
        return self._tell_gap(gap, held.before_first)

    def _tell_gap(self, gap: Gap, before: Position) -> bytes:
        return http_chunk(self._gap(gap, before))

    def _gap(self, gap: Gap, before: Position) -> bytes:
        self._epoch, self._sequence = before
        self._hub.metrics.gaps.inc()
        first = str(Position(before.epoch, before.sequence + 1))
        data = frames.gap_data(requested=gap.requested, first_available=first, missed=gap.missed)
        return frames.event(self._view.wire, frames.GAP, self._say_position(), data)

    def _take(self, chunk: Chunk) -> bytes:
        self._sequence = chunk.sequence
        if chunk.events:
            self._beat = self._hub.beat
            self._said = chunk.shown
            self._told += chunk.events
        return chunk.framed

    @property
    def _position(self) -> Position:
        return Position(self._epoch, self._sequence)

    def _say_position(self) -> str:
        self._beat = self._hub.beat
        self._said = self._sequence
        return str(self._position)

    def sign_of_life(self) -> bytes:
        """After a heartbeat of silence: the position if it has moved unsaid, else a comment."""
        if self._hub.beat - self._beat < BEATS:
            return b""
        self._beat = self._hub.beat
        if self._said != self._sequence:
            return http_chunk(frames.event(self._view.wire, frames.POSITION, self._say_position()))
        return http_chunk(frames.heartbeat(self._view.wire, str(self._position)))
