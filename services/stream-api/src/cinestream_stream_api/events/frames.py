"""Bytes of the wire.

Server-Sent Events: https://html.spec.whatwg.org/multipage/server-sent-events.html
NDJSON: https://github.com/ndjson/ndjson-spec
HTTP/1.1 chunks: https://www.rfc-editor.org/rfc/rfc9112#section-7.1

Payloads come in as one line of JSON; nothing here can put a line break into a field.
"""

from enum import Enum

import orjson

MOVIE = "movie"
POSITION = "position"
GAP = "gap"
LIVE = "live"
REMOVED = "removed"
BUSY = "busy"

HEARTBEAT = b": heartbeat\n\n"
EMPTY = b"{}"


class Wire(Enum):
    """How a client wants its events: SSE, SSE with films as `message` events, or a JSON object a line."""

    SSE = "movie"
    SSE_UNNAMED = "message"
    NDJSON = "ndjson"


def event(wire: Wire, name: str, id: str, data: bytes = EMPTY) -> bytes:
    """An event; `data` is one line of JSON. Only films ever go without their name."""
    if wire is Wire.NDJSON:
        return b'{"id":"%b","event":"%b","data":%b}\n' % (id.encode(), name.encode(), data)
    if wire is Wire.SSE_UNNAMED and name == MOVIE:
        return b"id: %b\ndata: %b\n\n" % (id.encode(), data)
    return b"id: %b\nevent: %b\ndata: %b\n\n" % (id.encode(), name.encode(), data)


def retry(wire: Wire, milliseconds: int) -> bytes:
    """How long a client should wait before it reconnects, as a line of the block that follows; NDJSON has no such."""
    return b"" if wire is Wire.NDJSON else b"retry: %d\n" % milliseconds


def heartbeat(wire: Wire, id: str) -> bytes:
    """A sign of life. NDJSON has no comments, so it says the position again."""
    return event(wire, POSITION, id) if wire is Wire.NDJSON else HEARTBEAT


def farewell(wire: Wire, milliseconds: int) -> bytes:
    """The end of a stream that the server ends: when to come back."""
    return b"" if wire is Wire.NDJSON else retry(wire, milliseconds) + b"\n"


def busy(milliseconds: int) -> bytes:
    """The whole of an SSE stream that cannot be served now.

    A browser gives up for good on any status but 200, so a refusal must look like a stream that ends.
    """
    return retry(Wire.SSE, milliseconds) + b"event: %b\ndata: {}\n\n" % BUSY.encode()


def gap_data(*, requested: str, first_available: str, missed: int | None) -> bytes:
    """The data of a `gap`: history no longer holds what comes after `requested`."""
    return orjson.dumps({"requested": requested, "first_available": first_available, "missed": missed})


def http_chunk(*parts: bytes) -> bytes:
    """A chunk of an HTTP/1.1 body; none for no bytes, since an empty one would end the body."""
    size = sum(map(len, parts))
    return b"".join((b"%x\r\n" % size, *parts, b"\r\n")) if size else b""
