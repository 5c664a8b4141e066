"""`Hub`: the ring, everybody who listens to it, and the beat they live by."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import anyio
import structlog

from cinestream.bus.jetstream import Bus
from cinestream_stream_api.log.history import History
from cinestream_stream_api.log.ring import Ring
from cinestream_stream_api.log.tail import Tail
from cinestream_stream_api.metrics import StreamMetrics
from cinestream_stream_api.settings import StreamSettings
from cinestream_stream_api.stream.connection_limiter import Places
from cinestream_stream_api.stream.waker import Waker, tick_for

BEATS = 3
"""Beats in a heartbeat: after so many in silence, a client gets one."""

_FAREWELL = 0.5

_TURN = 256
"""Listeners that are pushed in a turn of the event loop: what comes meanwhile goes to the later ones at once."""

log = structlog.get_logger("stream")


class Listener(Protocol):
    """Somebody with an open stream."""

    @property
    def live(self) -> bool:
        """Whether it has seen everything there is, at least once."""

    @property
    def reached(self) -> int:
        """The sequence up to which it was written everything."""

    def push(self) -> bool:
        """Write the next bytes without waiting; whether there may be more already."""

    def look(self, now: float) -> None:
        """Once a beat (`now` is loop time): see whether its time is over."""

    def drop(self, reason: str) -> None:
        """Cut the connection."""


class Hub:
    """One per process. `start`, then run `keep` until `end`."""

    def __init__(self, bus: Bus, settings: StreamSettings, metrics: StreamMetrics) -> None:
        self.settings = settings
        self.metrics = metrics
        self.history = History(bus, most_bytes=settings.stream_history_bytes, metrics=metrics)
        self.places = Places(most=settings.stream_max_clients, most_per_address=settings.stream_max_clients_per_address)
        self.beat = 0
        self.ending = False
        self._waker = Waker(settings.stream_tick_ms / 1000, self._push)
        self._tail = Tail(bus, self.history, settings=settings, metrics=metrics, grown=self._waker.wake)
        self._listeners: set[Listener] = set()
        self._nobody = asyncio.Event()
        self._round: list[Listener] = []
        self._behind: dict[Listener, None] = {}
        self._woken = False
        self._again: asyncio.Handle | None = None
        self._pushed = 0
        self._events = self._bytes = 0
        metrics.clients.labels("live").set_function(lambda: self.clients(live=True))
        metrics.clients.labels("catching-up").set_function(lambda: self.clients(live=False))

    @property
    def tail(self) -> Tail:
        """What keeps the ring up to date."""
        return self._tail

    @property
    def ring(self) -> Ring:
        """The newest events; another ring whenever the stream turns out to be another one."""
        return self._tail.ring

    async def start(self) -> None:
        """Fill the ring; waits until NATS answers."""
        await self._tail.start()
        log.info("hub.started", epoch=self.ring.epoch, floor=self.ring.floor, head=self.ring.head)

    async def keep(self) -> None:
        """Keep the ring equal to the stream's end, and beat; runs until cancelled."""
        async with anyio.create_task_group() as group:
            group.start_soon(self._tail.keep)
            group.start_soon(self._keep_beating)

    async def wait(self) -> None:
        """Wait until there may be something to say: new events, a beat, or the end. Listeners are pushed instead."""
        await self._waker.wait()

    def retry_ms(self, *, spread: int = 1) -> int:
        """When a client shall come again: between the setting and `1 + spread` times that, at random."""
        least = self.settings.stream_retry_ms
        return least + int(random.random() * least * spread)  # noqa: S311 - nothing secret

    @contextmanager
    def listening(self, listener: Listener) -> Iterator[None]:
        """Count as a listener meanwhile."""
        self._listeners.add(listener)
        self._set_tick()
        try:
            yield
        finally:
            self._listeners.discard(listener)
            self._set_tick()
            if not self._listeners:
                self._nobody.set()

    def _set_tick(self) -> None:
        self._waker.tick = tick_for(len(self._listeners), most=self.settings.stream_tick_ms / 1000)

    async def end(self) -> None:
        """End all streams, those that do not read after a moment by force; no new ones are opened."""
        self.ending = True
        self._nobody.clear()
        self._waker.wake_now()
        if self._listeners:
            with anyio.move_on_after(_FAREWELL):
                await self._nobody.wait()
        for listener in list(self._listeners):
            listener.drop("shutdown")

    def count(self, events: int, size: int) -> None:
        """Count what was written to a client; the metrics get the sums, since each costs more than the counting."""
        if not self._bytes:
            asyncio.get_running_loop().call_soon(self._say_counts)
        self._events += events
        self._bytes += size

    def _say_counts(self) -> None:
        self.metrics.deliveries.inc(self._events)
        self.metrics.bytes.inc(self._bytes)
        self._events = self._bytes = 0

    def go_on(self, listener: Listener) -> None:
        """Push a listener in the next turn: it is new, or free again."""
        self._behind[listener] = None
        self._push_again()

    def _push(self) -> None:
        """Push everybody, or once more when the round that runs is over: its first have not seen what is new."""
        self.metrics.position.set(self.ring.head)
        self.metrics.ring_events.set(len(self.ring))
        self._woken = True
        self._push_again()

    def _push_turn(self) -> None:
        """Push so many of a round; after it those who have more than the chunk that each was written."""
        self._again = None
        if self._woken and not self._round:
            self._woken, self._pushed = False, self.ring.head
            self._round, self._behind = list(self._listeners), {}
        if self._round:
            turn = self._round[-_TURN:]
            del self._round[-_TURN:]
        else:
            turn, self._behind = list(self._behind), {}
        for listener in turn:
            if listener.push():
                self._behind[listener] = None
        if not self._round:
            self._measure_lag()
        self._push_again()

    def _measure_lag(self) -> None:
        lag = self._tail.lag
        if not self._listeners:
            lag.forget()
        elif lag:
            lag.written(min((listener.reached for listener in self._behind if listener.live), default=self._pushed))

    def _push_again(self) -> None:
        if (self._woken or self._round or self._behind) and self._again is None:
            self._again = asyncio.get_running_loop().call_soon(self._push_turn)

    def clients(self, *, live: bool) -> int:
        """How many streams are open, of those that have, or have not, caught up."""
        return sum(listener.live is live for listener in self._listeners)

    async def _keep_beating(self) -> None:
        while True:
            await anyio.sleep(self.settings.stream_heartbeat / BEATS)
            self.beat += 1
            now = asyncio.get_running_loop().time()
            for listener in list(self._listeners):
                listener.look(now)
            self._waker.wake_now()
