"""The scheduler: decides when each open stream is pushed."""

import asyncio
from collections.abc import Collection
from math import ceil
from typing import Protocol

import anyio
import anyio.lowlevel

from cinestream_stream_api.log.lag import Lag
from cinestream_stream_api.log.tail import Tail
from cinestream_stream_api.stream.heartbeats import Heartbeats
from cinestream_stream_api.stream.open_stream import StreamFacts
from cinestream_stream_api.stream.waker import Waker

_MAX_TICK = 1.0
_TICKS_PER_HEARTBEAT = 3
"""Minimum number of ticks in the service's own heartbeat interval."""

_TURN = 256
"""Listeners pushed in one turn of the event loop."""


class Listener(Protocol):
    """An open stream that can be pushed. `reason` is the reason of its end, `client` until there is another one."""

    reason: str

    @property
    def live(self) -> bool:
        """True once the client has caught up."""

    @property
    def reached(self) -> int:
        """The sequence up to which everything has been written to the client."""

    def facts(self) -> StreamFacts:
        """Return the state of the stream for operators."""

    def push(self) -> bool:
        """Write the next bytes without waiting. Return True if there may be more to write already."""

    def tick(self, now: float) -> None:
        """Apply the time limits of the stream, and write a heartbeat that is due. `now` is the event loop's time."""

    def end(self, reason: str) -> None:
        """Let the stream end at its next push, with closing frames. That push comes in the next turn."""

    def drop(self, reason: str) -> None:
        """Cut the connection immediately."""


class Scheduler:
    """Rounds over all listeners, made in turns.

    A wake-up starts a round, in which each listener is pushed once. A round is made in turns of `_TURN` listeners.
    Between two turns the event loop reads new events, so that the later listeners get them in the same round. After
    the round, listeners that have more to read than one push writes are pushed again.

    Args:
        listeners: all open streams. The owner changes this collection, and the scheduler only reads it.
        tail: provides the ring. A round writes at least up to the head that the ring had at its start.
        waker: starts the rounds.
        lag: records how far all listeners that keep up have been written to.
        heartbeat: seconds of silence after which a client gets a heartbeat, unless it asks for another interval.
    """

    def __init__(
        self, listeners: Collection[Listener], tail: Tail, waker: Waker, *, lag: Lag, heartbeat: float
    ) -> None:
        self.tick = 0
        self.heartbeats = Heartbeats()
        self._listeners = listeners
        self._tail = tail
        self._waker = waker
        self._lag = lag
        self._heartbeat = heartbeat
        self._tick_seconds = min(_MAX_TICK, heartbeat / _TICKS_PER_HEARTBEAT)
        self._round: list[Listener] = []  # still to be pushed in the current round
        self._behind: dict[Listener, None] = {}  # to be pushed again after the round; a dict keeps the order
        self._round_requested = False
        self._round_head = 0  # the ring's head when the current round began
        self._next_turn: asyncio.Handle | None = None
        waker.on_wake(self._request_round)

    def ticks(self, seconds: float | None = None) -> int:
        """Return the number of ticks of an interval, by default of the service's own heartbeat interval."""
        return ceil((seconds or self._heartbeat) / self._tick_seconds)

    async def run_ticks(self) -> None:
        """Tick each second, or more often if the heartbeat interval is short. Runs until cancelled.

        A tick applies the time limits, and silent clients get their heartbeats. One timer for all clients replaces a
        timer and a task for each of them. A few times per heartbeat interval a tick also starts a round.
        """
        ticks_per_round = max(1, self.ticks() // _TICKS_PER_HEARTBEAT)
        while True:
            await anyio.sleep(self._tick_seconds)
            self.tick += 1
            now, listeners = asyncio.get_running_loop().time(), list(self._listeners)
            for start in range(0, len(listeners), _TURN):
                for listener in listeners[start : start + _TURN]:
                    listener.tick(now)
                await anyio.lowlevel.checkpoint()
            if self.tick % ticks_per_round == 0:
                self._waker.wake_now()

    async def wait(self) -> None:
        """Wait for the next wake-up: new events, a tick or the shutdown."""
        await self._waker.wait()

    def schedule(self, listener: Listener) -> None:
        """Push a listener in the next turn, because it is new or can be written to again."""
        self._behind[listener] = None
        self._schedule_turn()

    def _request_round(self) -> None:
        # A running round continues to its last listener, so that none is served twice before all are served once. The
        # request is kept for afterwards, because the first listeners have not seen the newest events.
        self._round_requested = True
        self._schedule_turn()

    def _schedule_turn(self) -> None:
        if (self._round_requested or self._round or self._behind) and self._next_turn is None:
            self._next_turn = asyncio.get_running_loop().call_soon(self._push_turn)

    def _push_turn(self) -> None:
        self._next_turn = None
        for listener in self._take_turn():
            if listener.push():
                self._behind[listener] = None
        if not self._round:
            self._observe_lag()
        self._schedule_turn()

    def _take_turn(self) -> list[Listener]:
        """Return the listeners of the next turn."""
        if self._round_requested and not self._round:
            ring = self._tail.ring
            self._round_requested, self._round_head = False, ring.head
            self._round, self._behind = list(self._listeners), {}
        if not self._round:
            turn, self._behind = list(self._behind), {}
            return turn
        # From the end, because cutting the front of a list moves all the rest.
        turn = self._round[-_TURN:]
        del self._round[-_TURN:]
        return turn

    def _observe_lag(self) -> None:
        if not self._listeners:
            self._lag.forget()
        elif self._lag:
            # Clients that read history are not late, so only live ones count.
            reached = (listener.reached for listener in self._behind if listener.live)
            self._lag.written(min(reached, default=self._round_head))
