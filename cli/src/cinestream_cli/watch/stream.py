"""A stream that connects again whenever a connection ends, and resumes after its last event."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol

import anyio
import httpx2

from cinestream_cli.watch.backoff import Backoff
from cinestream_cli.watch.connecting import NO_CONNECTION, reason_of, require_stream
from cinestream_cli.watch.request import HEARTBEAT_SECONDS, LIVE, Parameters, WatchRequest, is_id
from cinestream_flow.errors import Invalid, Transient
from cinestream_flow.message import Message

READ_SECONDS = 2 * HEARTBEAT_SECONDS + 2.0
"""Seconds without any byte after which a connection counts as dead: two heartbeats are missing."""
_MAX_EVENT_BYTES = 16 << 20
_NO_CONTENT = 204


class Listener(Protocol):
    """The receiver of a stream."""

    def event(self, event: httpx2.ServerSentEvent) -> None:
        """Handle an event. The stream resumes after it as soon as this returns."""

    def reconnecting(self, reason: Message, seconds: float) -> None:
        """Note that a connection ended for a reason, and that the next attempt follows after some seconds."""


class _Finished(Exception):
    """The stream has reached its end."""


@dataclass
class Stream:
    """A stream of films.

    Args:
        client: client of HTTP.
        request: the stream, its filters, start and end.
        listener: receiver of the events.
        last_id: id of the event to resume after, or empty.
        read_seconds: seconds without any byte after which a connection counts as dead.
    """

    client: httpx2.AsyncClient
    request: WatchRequest
    listener: Listener
    last_id: str = ""
    read_seconds: float = READ_SECONDS
    _backoff: Backoff = field(default_factory=Backoff)
    _connected: bool = False

    async def follow(self) -> None:
        """Hand each event to the listener, in order and once, until the stream has reached its end.

        Raises:
            Invalid: the server is no stream-api, refuses the client, or cannot be reached at the first attempt.
        """
        while True:
            after = None
            try:
                await self._read()
                if self.request.until and self.last_id == self.request.until:
                    return
                reason = Message("the server ended the stream")
            except _Finished:
                return
            except (Transient, httpx2.RequestError) as error:
                reason = reason_of(error, self.read_seconds)
                self._require_reachable(error, reason)
                after = error.retry_after if isinstance(error, Transient) else None
            delay = self._backoff.next_delay(after)
            self.listener.reconnecting(reason, delay)
            await anyio.sleep(delay)

    def _require_reachable(self, error: Exception, reason: Message) -> None:
        if isinstance(error, NO_CONNECTION) and not self._connected:
            raise Invalid(
                Message(
                    "{url}: {reason}. Start CineStream with `cinestream run`, or name another server with --url",
                    url=self.request.shown_url,
                    reason=reason,
                )
            ) from None

    async def _read(self) -> None:
        if self.request.until == LIVE:
            # A stream that comes back would run up to the newest event of that later moment.
            self.request = replace(self.request, until=await self._newest())
        headers = {"Last-Event-ID": self.last_id} if self.last_id else {}
        async with self._open(self.request.parameters, headers) as source:
            async for received in source:
                event = received if is_id(received.id) else replace(received, id="")
                self._backoff.connected(event.retry)
                self.listener.event(event)
                self.last_id = event.id or self.last_id
                if event.event == "busy":
                    raise Transient(Message("the server is full"))

    async def _newest(self) -> str:
        """Return the id of the newest event: the position of a stream without a start that ends at once."""
        id = ""
        async with self._open((("until", LIVE),), {}) as source:
            async for event in source:
                self._backoff.connected(event.retry)
                id = event.id if is_id(event.id) else id
        if not id:
            raise Transient(Message("the server is full"))
        return id

    @asynccontextmanager
    async def _open(self, parameters: Parameters, headers: dict[str, str]) -> AsyncIterator[httpx2.EventSource]:
        timeout = httpx2.Timeout(10, read=self.read_seconds)
        request = self.client.sse(
            self.request.url,
            params=list(parameters),
            headers=headers,
            timeout=timeout,
            max_event_size=_MAX_EVENT_BYTES,
        )
        async with request as source:
            if source.response.status_code == _NO_CONTENT:
                raise _Finished
            await require_stream(source.response, self.request.shown_url)
            self._connected = True
            yield source
