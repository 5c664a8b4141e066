"""The open connections of a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import Counter, Gauge
from uvicorn.server import ServerState

from cinestream.runtime.http.limits import Limits

if TYPE_CHECKING:
    from cinestream.runtime.http.protocol import LimitedProtocol

_OPEN = Gauge(
    "cinestream_http_connections",
    "Open connections, by server (api, ops) and state: idle (no request, or not all of it), request, stream",
    ["server", "state"],
    multiprocess_mode="livesum",
)
_REFUSED = Counter(
    "cinestream_http_refused_total",
    "Refused requests and connections, by server and reason: a status (400, 408, 413, 431), full (no room for another "
    "connection), or evicted (closed while idle, to make room)",
    ["server", "reason"],
)


class Connections(ServerState):
    """The open connections of a server, and which of them may be closed to make room.

    Args:
        name: Name of the server in metrics.
        limits: The limits of each connection and of their number.
    """

    def __init__(self, name: str, limits: Limits) -> None:
        super().__init__()
        self.limits = limits
        # The keys are in the order in which the connections became idle.
        self.idle: dict[LimitedProtocol, None] = {}
        self.streams = 0
        self._name = name

    def admit(self, connection: LimitedProtocol) -> bool:
        """Count a new connection as idle. Return False if there is no room, so that it is to be closed.

        So the process always has a file descriptor left to accept with.
        """
        self.make_room()
        if len(self.connections) > self.limits.connections + self.limits.spare:
            self.refused("full")
            return False
        self.idle[connection] = None
        return True

    def make_room(self) -> None:
        """Close the connection that has been idle longest, if there are too many connections."""
        if len(self.connections) <= self.limits.connections:
            return
        # A client that still reads its last answer is not idle.
        oldest = next((idle for idle in self.idle if not idle.transport.get_write_buffer_size()), None)
        if oldest is not None:
            self.forget(oldest)
            oldest.transport.abort()
            self.refused("evicted")

    def forget(self, connection: LimitedProtocol) -> None:
        """Count a connection no longer."""
        self.idle.pop(connection, None)
        self.connections.discard(connection)

    def refused(self, reason: str) -> None:
        """Count a refusal."""
        _REFUSED.labels(self._name, reason).inc()

    def report(self) -> None:
        """Set the gauge of connections.

        It is called each second, because the gauges of several processes cannot call a function of their process.
        """
        idle, streams = len(self.idle), self.streams
        counts = {"idle": idle, "stream": streams, "request": len(self.connections) - idle - streams}
        for state, count in counts.items():
            _OPEN.labels(self._name, state).set(count)
