"""The tail: keeps a ring equal to the end of the stream.

NATS republishes stored messages in order, but a disconnect or a full buffer loses some of them. So each message must
follow the ring's head. If one does not, the tail is out of sync. It then keeps new messages in `_pending`, compares
the ring with the stream, reads the missing events from history, and appends the pending messages. It also resyncs
after each reconnect and once per heartbeat interval, because no later message may come to show that one was lost.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping

import anyio

from cinestream.bus.jetstream import Bus
from cinestream.contracts import Transient, subjects
from cinestream_flow.logger import get_logger
from cinestream_stream_api.events.gap import StreamBounds
from cinestream_stream_api.log.history import PAGE, History
from cinestream_stream_api.log.lag import Lag
from cinestream_stream_api.log.ring import Ring
from cinestream_stream_api.log.ring_writer import LiveMessage, RingWriter
from cinestream_stream_api.metrics import StreamMetrics
from cinestream_stream_api.settings import StreamSettings

_RETRY_PAUSE = 0.25
_MAX_EMPTY_READS = 3
_EMPTY_READ_PAUSE = 0.02

log = get_logger("stream")


class Tail:
    """The newest events of the stream, in `ring`. Run `start`, then `keep`.

    `ring` is replaced when the stream was recreated or restored. `bounds` are the bounds of the stream at the last
    resync. `last_error` is the reason why the last resync failed, or None.

    Args:
        bus: the connection to NATS.
        history: provides the events that live messages lack.
        settings: the limits of the ring and the heartbeat interval.
        metrics: counts the events.
        lag: records the arrival of each live event.
        on_growth: called whenever the ring has new events or was replaced.
    """

    def __init__(
        self,
        bus: Bus,
        history: History,
        *,
        settings: StreamSettings,
        metrics: StreamMetrics,
        lag: Lag,
        on_growth: Callable[[], None],
    ) -> None:
        self._bus = bus
        self._history = history
        self._settings = settings
        self._metrics = metrics
        self._lag = lag
        self._on_growth = on_growth
        self._writer = RingWriter(history, metrics)
        self._resync_requested = asyncio.Event()
        self._out_of_sync = True
        # Bounded: when messages are lost here, the resync reads them from history.
        self._pending: deque[LiveMessage] = deque(maxlen=settings.stream_ring_events)
        self.last_error: str | None = None
        self.bounds = StreamBounds("0", 1, 0)
        self.ring = self._new_ring(self.bounds)

    async def start(self) -> None:
        """Subscribe, and fill the ring with the newest events. Waits until NATS answers."""
        self._bus.on_disconnect.append(self._on_disconnect)
        self._bus.on_reconnect.append(self._on_reconnect)
        await self._bus.subscribe(f"{subjects.LIVE_MOVIES}.*", self._on_live)
        while not await self._try_resync() or self._out_of_sync:
            await anyio.sleep(_RETRY_PAUSE)
        self._writer.counting = True
        ring = self.ring
        log.info("tail.started", epoch=ring.epoch, floor=ring.floor, head=ring.head)

    async def keep(self) -> None:
        """Resync on request and once per heartbeat interval. Runs until cancelled."""
        while True:
            with anyio.move_on_after(self._settings.stream_heartbeat):
                await self._resync_requested.wait()
            self._resync_requested.clear()
            if not await self._try_resync():
                await anyio.sleep(_RETRY_PAUSE)
                self._resync_requested.set()

    def request_resync(self) -> None:
        """Request a resync, because a caller saw something that does not fit the ring."""
        self._resync_requested.set()

    def report(self) -> None:
        """Set the metrics of the ring."""
        self._metrics.position.set(self.ring.head)
        self._metrics.ring_events.set(len(self.ring))

    def _on_disconnect(self) -> None:
        self._out_of_sync = True

    async def _on_reconnect(self) -> None:
        self._resync_requested.set()

    def _on_live(self, headers: Mapping[str, str], body: bytes) -> None:
        message = LiveMessage.of(headers, body)
        ring = self.ring
        if self._out_of_sync or message.sequence != ring.head + 1:
            # A jump, a repetition, or the first message of a recreated stream. Only the stream's bounds show which.
            self._pending.append(message)
            self._out_of_sync = True
            self._resync_requested.set()
            return
        self._writer.append_live(ring, message)
        self._lag.arrived(message.sequence, message.stored_at)
        self._on_growth()

    async def _try_resync(self) -> bool:
        """Resync. Return False if it failed and must be tried again."""
        if not self._bus.connected:
            self._out_of_sync = True
            return True  # the reconnect requests a resync
        try:
            await self._resync()
        except Transient as error:
            if self.last_error is None:
                log.warning("tail.resync_failed", reason=str(error), retry_seconds=_RETRY_PAUSE)
            self._out_of_sync = True
            self.last_error = str(error)
            return False
        self.last_error = None
        return True

    async def _resync(self) -> None:
        # The head is read before the question, because live messages may raise it while the answer is on its way.
        # A head beyond an older answer would look like a restored stream.
        head = self.ring.head
        self.bounds = bounds = await self._history.bounds()
        if bounds.epoch != self.ring.epoch or bounds.last < head:
            self._replace_ring(head, bounds)
        await self._catch_up(bounds.last)
        self._on_growth()

    def _replace_ring(self, head: int, bounds: StreamBounds) -> None:
        """Start a new ring, because the stream was recreated or restored to an earlier state."""
        log.info("tail.stream_replaced", old=f"{self.ring.epoch}-{head}", new=f"{bounds.epoch}-{bounds.last}")
        # Pending messages may be of the old stream, and their sequences do not show it. So they are dropped. Another
        # resync reads those of the new stream from history.
        self._out_of_sync = True
        self._pending.clear()
        self._resync_requested.set()
        self._history.forget()
        self._lag.forget()
        self.ring = self._new_ring(bounds)

    async def _catch_up(self, last: int) -> None:
        """Read history up to `last`, then append the pending messages. Repeat until none is left."""
        while True:
            await self._read_up_to(last)
            while self._pending and self._pending[0].sequence <= self.ring.head + 1:
                message = self._pending.popleft()
                if message.sequence > self.ring.head:
                    self._writer.append_live(self.ring, message)
            if not self._pending:
                # No await since the last check: a message that comes from now on follows the head.
                self._out_of_sync = False
                return
            last = self._pending[0].sequence

    async def _read_up_to(self, last: int) -> None:
        empty_reads = 0
        while self.ring.head < last:
            ring, head = self.ring, self.ring.head
            events, end, first = await self._history.read(ring.epoch, head, PAGE, purpose="tail")
            if first > head + 1:
                self._writer.append_gap(ring, first)
            for event in events:
                if event.sequence > ring.head:
                    self._writer.append(ring, event, "history")
            ring.advance(end)
            self._on_growth()
            if ring.head == head:
                # Nothing was found: the messages were deleted, or a replica does not have them yet.
                empty_reads += 1
                if empty_reads == _MAX_EMPTY_READS:
                    ring.advance(last)
                    return
                await anyio.sleep(_EMPTY_READ_PAUSE)

    def _new_ring(self, bounds: StreamBounds) -> Ring:
        after = max(bounds.before_first.sequence, bounds.last - self._settings.stream_ring_events)
        return Ring(
            bounds.epoch,
            after,
            max_events=self._settings.stream_ring_events,
            max_bytes=self._settings.stream_ring_bytes,
        )
