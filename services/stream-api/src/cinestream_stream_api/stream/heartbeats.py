"""Heartbeats as events, made once per tick for all clients that have caught up."""

import time
from datetime import UTC, datetime

import orjson

from cinestream_stream_api.events import frames
from cinestream_stream_api.events.frames import Wire, http_chunk
from cinestream_stream_api.events.moment import from_milliseconds, to_milliseconds
from cinestream_stream_api.log.ring import Ring


class Heartbeats:
    """The heartbeat events of the current tick, by their ids."""

    def __init__(self) -> None:
        self._tick = 0
        self._chunks: dict[str, bytes] = {}

    def chunk(self, id: str, lag_ms: int, tick: int) -> bytes:
        """Return a heartbeat event as an HTTP chunk: the same bytes object for all clients without a lag."""
        if lag_ms:
            return _chunk(id, lag_ms)
        if tick != self._tick:
            self._tick, self._chunks = tick, {}
        if id not in self._chunks:
            self._chunks[id] = _chunk(id, 0)
        return self._chunks[id]


def lag_ms(ring: Ring, reached: int) -> int:
    """Return the milliseconds since the newest event was stored, or 0 if `reached` is not before it.

    The clocks of this machine and of NATS are compared. An event from the future counts as 0.
    """
    for event in ring.newest_first() if reached < ring.head else ():
        if event.sequence <= reached:
            break
        if event.stored_at is not None:
            return max(0, to_milliseconds(datetime.now(UTC)) - to_milliseconds(event.stored_at))
    return 0


def _chunk(id: str, lag: int) -> bytes:
    data = orjson.dumps({"time": from_milliseconds(int(time.time() * 1000)), "lag_ms": lag})
    # Named events are the same in both formats of Server-Sent Events.
    return http_chunk(frames.event(Wire.SSE, frames.HEARTBEAT, id, data))
