"""A reader of Server-Sent Events written from the specification alone, for the tests."""

import json
import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Any

import anyio
import httptools


@dataclass
class Event:
    """A dispatched event, as a browser would see it; comments are kept as events named `:`."""

    name: str
    data: str
    id: str

    @property
    def json(self) -> Any:
        return json.loads(self.data)

    @property
    def sequence(self) -> int:
        return int(self.id.rpartition("-")[2])


@dataclass
class Reader:
    """Bytes in, events out (https://html.spec.whatwg.org/multipage/server-sent-events.html, 9.2.6)."""

    last_id: str = ""
    retry: int | None = None
    _rest: bytes = b""
    _data: list[str] = field(default_factory=list)
    _name: str = ""

    def feed(self, chunk: bytes) -> list[Event]:
        """Take bytes, however they are cut, and give the events that they complete."""
        *lines, self._rest = re.split(rb"\r\n|\n|\r", self._rest + chunk)
        return [event for line in lines for event in self._line(line.decode())]

    def _line(self, line: str) -> Iterable[Event]:
        if line == "":
            if self._data:
                yield Event(self._name or "message", "\n".join(self._data), self.last_id)
            self._data, self._name = [], ""
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
            self.last_id = value
        elif name == "retry" and re.fullmatch(r"[0-9]+", value):
            self.retry = int(value)


async def events(chunks: AsyncIterator[bytes]) -> AsyncIterator[Event]:
    """The events of a body that comes in chunks."""
    reader = Reader()
    async for chunk in chunks:
        for event in reader.feed(chunk):
            yield event


def unchunked(chunks: bytes) -> bytes:
    """The body that chunks of HTTP/1.1 are of, as an HTTP parser reads it."""
    parts: list[bytes] = []

    class Body:
        on_body = staticmethod(parts.append)

    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    httptools.HttpResponseParser(Body()).feed_data(head + chunks)
    return b"".join(parts)


async def take(stream: AsyncIterator[Event], count: int) -> list[Event]:
    """The next events of a stream, comments aside."""
    found: list[Event] = []
    with anyio.fail_after(60):
        while len(found) < count:
            event = await anext(stream)
            if event.name != ":":
                found.append(event)
    return found
