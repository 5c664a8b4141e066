"""A client for Server-Sent Events, written from the specification and not from our code."""

import json
import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Any

import anyio
import httptools


@dataclass
class Event:
    """An event as a browser dispatches it. A comment is an event named `:`."""

    name: str
    data: str
    id: str

    @property
    def json(self) -> Any:
        """The data, parsed as JSON."""
        return json.loads(self.data)

    @property
    def sequence(self) -> int:
        """The sequence in the event's id."""
        return int(self.id.rpartition("-")[2])


@dataclass
class Reader:
    """A parser of event streams (https://html.spec.whatwg.org/multipage/server-sent-events.html, 9.2.6).

    `last_id` is the id to resume from. It changes only at the end of a block, so that a block that was cut off is
    requested again. `retry` is the last reconnection time in milliseconds.
    """

    last_id: str = ""
    retry: int | None = None
    _rest: bytes = b""
    _data: list[str] = field(default_factory=list)
    _name: str = ""
    _id: str | None = None

    def feed(self, chunk: bytes) -> list[Event]:
        """Return the events that a chunk of bytes completes. The bytes may be cut anywhere."""
        *lines, self._rest = re.split(rb"\r\n|\n|\r", self._rest + chunk)
        return [event for line in lines for event in self._line(line.decode())]

    def _line(self, line: str) -> Iterable[Event]:
        if line == "":
            self.last_id = self.last_id if self._id is None else self._id
            if self._data:
                yield Event(self._name or "message", "\n".join(self._data), self.last_id)
            self._data, self._name, self._id = [], "", None
        elif line.startswith(":"):
            yield Event(":", line[1:].strip(), self.last_id)
        else:
            name, _, value = line.partition(":")
            self._field(name, value.removeprefix(" "))

    def _field(self, name: str, value: str) -> None:
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._name = value
        elif name == "id" and "\0" not in value:
            self._id = value
        elif name == "retry" and re.fullmatch(r"[0-9]+", value):
            self.retry = int(value)


async def events(chunks: AsyncIterator[bytes]) -> AsyncIterator[Event]:
    """Iterate over the events of a body that comes in chunks."""
    reader = Reader()
    async for chunk in chunks:
        for event in reader.feed(chunk):
            yield event


def unchunked(chunks: bytes) -> bytes:
    """Return the body that is encoded in chunks of HTTP/1.1, as an HTTP parser reads it."""
    parts: list[bytes] = []

    class Body:
        on_body = staticmethod(parts.append)

    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    httptools.HttpResponseParser(Body()).feed_data(head + chunks)
    return b"".join(parts)


async def take(stream: AsyncIterator[Event], count: int) -> list[Event]:
    """Return the next events of a stream without its comments."""
    found: list[Event] = []
    with anyio.fail_after(60):
        while len(found) < count:
            event = await anext(stream)
            if event.name != ":":
                found.append(event)
    return found
