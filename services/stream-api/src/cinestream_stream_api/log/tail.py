"""`Tail`: keeps a ring equal to the end of the stream.

Republished messages come in order, but a disconnect or a full buffer swallows some. So every message must
follow the head; when one does not, after each reconnect, and once a heartbeat, the ring is compared with
the stream, and what is missing is read from history. Until then what comes is only remembered.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

import anyio
import structlog

from cinestream.bus.jetstream import Bus
from cinestream.contracts import Transient, subjects
from cinestream_stream_api.events.event import Event, NotAFilm, film
from cinestream_stream_api.events.frames import GAP, gap_data
from cinestream_stream_api.events.position import Position
from cinestream_stream_api.events.resume import Held
from cinestream_stream_api.log.history import PAGE, History
from cinestream_stream_api.log.lag import Lag
from cinestream_stream_api.log.ring import Ring
from cinestream_stream_api.metrics import StreamMetrics
from cinestream_stream_api.settings import StreamSettings

_RETRY = 0.25
_TRIES = 3

log = structlog.get_logger("stream")


class _Live(NamedTuple):
    sequence: int
    headers: Mapping[str, str]
    body: bytes


class Tail:
    """The newest events of the stream, in `ring`. `grown` is called whenever there are more, or another ring."""

    def __init__(
        self, bus: Bus, history: History, *, settings: StreamSettings, metrics: StreamMetrics, grown: Callable[[], None]
    ) -> None:
        self._bus = bus
        self._history = history
        self._settings = settings
        self._metrics = metrics
        self._grown = grown
        self._look = asyncio.Event()
        self._doubtful = True
        self._started = False
        self._events = {source: metrics.events.labels(source) for source in ("live", "history")}
        self._early: deque[_Live] = deque(maxlen=settings.stream_ring_events)
        self.lag = Lag(metrics.lag, most=settings.stream_ring_events)
        self.trouble: str | None = None
        self.held = Held("0", 1, 0)
        self.ring = self._new_ring(self.held)

    async def start(self) -> None:
        """Subscribe, and fill the ring with the newest events; waits until NATS answers."""
        self._bus.on_disconnect.append(self._on_disconnect)
        self._bus.on_reconnect.append(self._on_reconnect)
        await self._bus.subscribe(f"{subjects.LIVE_MOVIES}.*", self._on_live)
        while not await self._try_to_compare() or self._doubtful:
            await anyio.sleep(_RETRY)
        self._started = True

    async def keep(self) -> None:
        """Compare with the stream when there is a reason to, and once a heartbeat; runs until cancelled."""
        while True:
            with anyio.move_on_after(self._settings.stream_heartbeat):
                await self._look.wait()
            self._look.clear()
            if not await self._try_to_compare():
                await anyio.sleep(_RETRY)
                self._look.set()

    def doubt(self) -> None:
        """Ask for a comparison: somebody saw what does not fit the ring."""
        self._look.set()

    def _on_disconnect(self) -> None:
        self._doubtful = True

    async def _on_reconnect(self) -> None:
        self._look.set()

    def _on_live(self, headers: Mapping[str, str], body: bytes) -> None:
        live = _Live(int(headers["Nats-Sequence"]), headers, body)
        if self._doubtful or live.sequence != self.ring.head + 1:
            # A jump, a repetition, or the start of a recreated stream: only the stream itself can tell.
            self._early.append(live)
            self._doubtful = True
            self._look.set()
            return
        self._append(live)
        self.lag.came(live.sequence, headers)
        self._grown()

    async def _try_to_compare(self) -> bool:
        if not self._bus.connected:
            self._doubtful = True
            return True  # the reconnect will ask for it
        try:
            await self._compare()
        except Transient as error:
            if self.trouble is None:
                log.warning("tail.unknown", reason=str(error))
            self._doubtful = True
            self.trouble = str(error)
            return False
        self.trouble = None
        return True

    async def _compare(self) -> None:
        head = self.ring.head  # before asking: it may grow while the answer is on its way
        self.held = held = await self._history.held()
        if held.epoch != self.ring.epoch or held.last < head:
            # Recreated, or restored from an earlier state. What came early may be of the old one, so it is
            # dropped, and another comparison finds what of it is of the new one.
            log.info("tail.stream", old=f"{self.ring.epoch}-{head}", new=f"{held.epoch}-{held.last}")
            self._doubtful = True
            self._early.clear()
            self._history.forget()
            self.lag.forget()
            self.ring = self._new_ring(held)
            self._look.set()
        await self._catch_up(held.last)
        self._grown()

    async def _catch_up(self, last: int) -> None:
        """Read up to `last`, then add what came meanwhile; only then is nothing in doubt any more."""
        while True:
            await self._read_up_to(last)
            while self._early and self._early[0].sequence <= self.ring.head + 1:
                live = self._early.popleft()
                if live.sequence > self.ring.head:
                    self._append(live)
            if not self._early:
                self._doubtful = False
                return
            last = self._early[0].sequence

    async def _read_up_to(self, last: int) -> None:
        tries = 0
        while self.ring.head < last:
            head = self.ring.head
            events, end, first = await self._history.read(self.ring.epoch, head, PAGE, purpose="tail")
            if first > head + 1:
                self._tell_gap(first)
            for event in events:
                if event.sequence > self.ring.head:
                    self._add(event, "history")
            self.ring.advance(end)
            self._grown()
            if self.ring.head == head:
                # Nothing there: deleted, or on a replicated stream not there yet.
                tries += 1
                if tries == _TRIES:
                    self.ring.advance(last)
                    return
                await anyio.sleep(0.02)

    def _tell_gap(self, first: int) -> None:
        ring = self.ring
        data = gap_data(
            requested=str(Position(ring.epoch, ring.head)),
            first_available=str(Position(ring.epoch, first)),
            missed=first - 1 - ring.head,
        )
        log.warning("tail.gap", data=data.decode())
        self._metrics.gaps.inc()
        ring.append(Event(Position(ring.epoch, first - 1), GAP, data))

    def _append(self, live: _Live) -> None:
        try:
            self._add(film(Position(self.ring.epoch, live.sequence), live.headers, live.body), "live")
        except NotAFilm as error:
            log.warning("tail.not_a_film", sequence=live.sequence, reason=str(error))
            self._metrics.skipped.inc()
            self.ring.advance(live.sequence)

    def _add(self, event: Event, source: Literal["live", "history"]) -> None:
        self.ring.append(event)
        if event.removes is not None:
            self._history.forget()
        if self._started:
            self._events[source].inc()

    def _new_ring(self, held: Held) -> Ring:
        after = max(held.before_first.sequence, held.last - self._settings.stream_ring_events)
        return Ring(
            held.epoch,
            after,
            most_events=self._settings.stream_ring_events,
            most_bytes=self._settings.stream_ring_bytes,
        )
