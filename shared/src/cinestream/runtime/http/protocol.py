"""uvicorn's HTTP/1.1 protocol with limits for the client.

uvicorn waits for a request without end, keeps headers of any size and any number of pipelined requests, and answers 400
in the middle of an open response.
"""

import asyncio
from collections import deque
from typing import Any

import httptools
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from cinestream.runtime.http.problem import refusal
from cinestream.runtime.http.request_head import Refused, body_length, head_length, host_of, origin_form, too_large
from cinestream.runtime.http.timed import TimedProtocol
from cinestream.runtime.http.unchunked import Unchunked

_SLICE = 32 * 1024
"""Bytes parsed at once. The parser keeps an unfinished header of at most two slices."""

_NO_PIPELINE: deque[tuple[RequestResponseCycle, ASGI3Application]] = deque(maxlen=0)
"""The queue of all connections without pipelined requests. An empty deque takes 700 bytes."""

_BETWEEN, _HEAD, _BODY = range(3)
"""The part of a request that the parser is in. `_BETWEEN` is before its first byte."""


class LimitedProtocol(TimedProtocol):
    """A connection within the limits of its server."""

    # Slots, because the attributes of uvicorn nearly fill a dictionary whose keys all connections can share.
    __slots__ = ("_ignored", "_ignoring", "_part", "_received", "_running", "_streaming")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.pipeline = _NO_PIPELINE
        self._part = _BETWEEN
        self._received = 0  # bytes of the part
        self._ignoring = False
        self._ignored = 0
        self._running: RequestResponseCycle | None = None
        self._streaming = False

    @property
    def _answering(self) -> bool:
        running = self._running
        return running is not None and not running.response_complete and not running.disconnected

    # The connection

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Admit the connection, and wait for its first request."""
        super().connection_made(transport)
        if self._state.admit(self):
            self._arm(self._state.limits.request_seconds, self._end_waiting)
        else:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Report the disconnect to all requests. uvicorn reports it only to the last one."""
        self._end_stream()
        self._state.forget(self)
        for cycle in (self._running, *(cycle for cycle, _ in self.pipeline)):
            if cycle is not None:
                _disconnect(cycle)
        self.pipeline.clear()
        self._disarm()
        super().connection_lost(exc)

    def eof_received(self) -> bool:  # type: ignore[override]
        """Keep a half-closed connection open until it has its answers. Return False to close it."""
        if not self._answering or self._part is _BODY:
            return False
        self._ignore_input()
        return True

    # Requests

    def data_received(self, data: bytes) -> None:
        """Parse what the client sends, unless it is to be ignored."""
        for start in range(0, len(data), _SLICE):
            if self._ignoring or self._streaming:
                self._skip(len(data) - start)
                return
            self._parse(data if len(data) <= _SLICE else data[start : start + _SLICE])

    def _parse(self, data: bytes) -> None:
        try:
            self._count(len(data))
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # The request is answered, and the switch is not made. The parser accepts nothing more.
            self._ignore_input()
        except Refused as refused:
            self._refuse(refused)
        except httptools.HttpParserError as error:
            cause = error.__context__
            self._refuse(cause if isinstance(cause, Refused) else Refused(400, "the request is not valid HTTP"))

    def _count(self, size: int) -> None:
        """Limit what the parser keeps of unfinished headers and trailers, which it does not report.

        The last slice of a part may hold the beginning of the next one, so one slice more is allowed.
        """
        if self._part is _BETWEEN:
            return
        limits = self._state.limits
        self._received += size
        limit, status = (limits.head_bytes, 431) if self._part is _HEAD else (limits.body_bytes, 413)
        if self._received > limit + _SLICE:
            raise too_large(limit, status)

    def on_message_begin(self) -> None:
        """Begin a request, in time. One too many is ignored."""
        super().on_message_begin()
        self._part, self._received = _HEAD, 0
        if len(self.pipeline) >= self._state.limits.pipelined:
            raise Refused(429, "too many requests wait for their answers")
        if self.cycle is not None:
            self._arm(self._state.limits.request_seconds, self._end_waiting)

    def on_headers_complete(self) -> None:
        """Check the head, and start the request or queue it."""
        limits = self._state.limits
        if head_length(self.url, self.headers) > limits.head_bytes:
            raise too_large(limits.head_bytes, 431)
        if body_length(self.headers) > limits.body_bytes:
            raise too_large(limits.body_bytes, 413)
        if self.cycle is not None and not self.cycle.response_complete:
            self.pipeline = self.pipeline or deque()
        self.url = origin_form(self.url, self.headers, host_of(self.headers, self.parser.get_http_version()))
        super().on_headers_complete()
        self._part, self._received = _BODY, 0

    def on_message_complete(self) -> None:
        """Stop the time of the request."""
        super().on_message_complete()
        self._part = _BETWEEN
        if self._answering:  # otherwise the time of an idle connection runs already
            self._unset_keepalive_if_required()

    # Answers

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        if cycle.disconnected:  # its body was refused while it was queued
            self.transport.close()
            return
        self._running = cycle
        self._state.idle.pop(self, None)
        super()._start_asgi_task(cycle, Unchunked(app, cycle) if cycle.scope["http_version"] == "1.0" else app)

    def on_response_complete(self) -> None:
        """Start the next request, or wait for one."""
        self._end_stream()
        super().on_response_complete()
        if self.transport.is_closing():
            self._limit_sending()  # the end of the answer may still be unsent
        elif not self._answering:
            self._state.idle[self] = None
            self._state.make_room()
            if self._part is _HEAD:
                self._arm(self._state.limits.request_seconds, self._end_waiting)

    def pause_writing(self) -> None:
        """Give the client time to read on."""
        super().pause_writing()
        if not self._streaming:
            self._limit_sending()

    def resume_writing(self) -> None:
        """Continue, because the client has read on."""
        super().resume_writing()
        self._end_sending()

    def begin_stream(self) -> None:
        """Exempt the running answer from the limits of time, because it has no end of its own.

        Until its end everything that the client sends is ignored. Requests that wait for the end are dropped.
        """
        if self.transport.is_closing():  # the client has gone before its stream began
            return
        self._streaming = True
        self._state.streams += 1
        self._disarm()
        if self.pipeline or self._part is not _BETWEEN:
            self.pipeline.clear()
            self.cycle = self._running  # type: ignore[assignment]
            self._ignore_input()
        self.flow.resume_reading()  # paused by a pipelined request, so that a disconnect would not be noticed

    def _end_stream(self) -> None:
        if self._streaming:
            self._streaming = False
            self._state.streams -= 1

    # Refusals

    def _refuse(self, refused: Refused) -> None:
        """Answer a request that the application must not see, after the answers before it."""
        self._state.refused(str(refused.status))
        cycle, body_refused = self.cycle, self._part is _BODY
        if body_refused and not cycle.response_started:
            _disconnect(cycle)  # the application's answer is dropped
        busy = self._answering or bool(self.pipeline)
        self._ignore_input()
        if busy:
            return  # the connection closes after the answers
        if body_refused and cycle.response_started:
            self.transport.close()
            return
        self.transport.write(refusal(refused.status, refused.detail, self._state.default_headers))
        # Closing at once would reset the connection, and the client might lose the refusal.
        self.transport.write_eof()
        self._state.idle[self] = None
        self._arm(self._state.limits.linger_seconds, self.transport.abort)

    def _ignore_input(self) -> None:
        """Ignore everything from now on, and close the connection after the answers to the requests so far."""
        self._ignoring = True
        if self.cycle is not None:
            self.cycle.keep_alive = False

    def _skip(self, size: int) -> None:
        self._ignore_input()
        self._ignored += size
        if self._ignored > self._state.limits.ignored_bytes:
            self.transport.abort()

    def _end_waiting(self) -> None:
        if self.cycle is None and self._part is _BETWEEN:
            self.transport.abort()  # no byte of a request: nobody waits for an answer
        else:
            self._refuse(Refused(408, f"the request was not complete after {self._state.limits.request_seconds:g} s"))


def _disconnect(cycle: RequestResponseCycle) -> None:
    """Let a request end as if its client had gone."""
    if not cycle.response_complete:
        cycle.disconnected = True
    cycle.message_event.set()
