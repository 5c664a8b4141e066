"""The timers of a connection: at most two, and none while a stream is open."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from cinestream.runtime.http.connections import Connections


class TimedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 protocol with limited times for its client.

    uvicorn's own timer, for idle connections, also serves the time of a request, because only one of them runs.
    """

    __slots__ = ("_send_timer", "_state")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        assert isinstance(self.server_state, Connections)
        self._state = self.server_state
        self._send_timer: asyncio.TimerHandle | None = None

    def timeout_keep_alive_handler(self, unread: int = 0) -> None:
        """Close an idle connection. Its client has more time while it still reads the last answer."""
        size = self.transport.get_write_buffer_size()
        if size and (not unread or size < unread):
            self._arm(self._state.limits.idle_seconds, partial(self.timeout_keep_alive_handler, size))
        else:
            self.transport.abort()

    def _arm(self, seconds: float, action: Callable[[], None]) -> None:
        self._unset_keepalive_if_required()
        self.timeout_keep_alive_task = self.loop.call_later(seconds, action)

    def _limit_sending(self) -> None:
        self._end_sending()
        size = self.transport.get_write_buffer_size()
        self._send_timer = self.loop.call_later(self._state.limits.send_seconds, self._check_sending, size)

    def _check_sending(self, unread: int) -> None:
        """Cut the connection, unless its client has read something meanwhile."""
        if self.transport.get_write_buffer_size() < unread:
            self._limit_sending()
        else:
            self.transport.abort()

    def _end_sending(self) -> None:
        if self._send_timer is not None:
            self._send_timer.cancel()
            self._send_timer = None

    def _disarm(self) -> None:
        self._unset_keepalive_if_required()
        self._end_sending()
