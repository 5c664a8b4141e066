"""The bytes that clients receive.

- Server-Sent Events: https://html.spec.whatwg.org/multipage/server-sent-events.html
- NDJSON: https://github.com/ndjson/ndjson-spec
- HTTP/1.1 chunks: https://www.rfc-editor.org/rfc/rfc9112#section-7.1

A payload must be one line of JSON. No function here can add a line break to a field.
"""

from enum import Enum

import orjson

MOVIE = "movie"
POSITION = "position"
GAP = "gap"
NOTICE = "notice"
LIVE = "live"
REMOVED = "removed"
BUSY = "busy"
HEARTBEAT = "heartbeat"

COMMENT = b": heartbeat\n"
"""A comment without an empty line: after an empty line several clients deliver an empty message."""
STARTING = b": starting\n"
EMPTY = b"{}"

_BLANK = bytes.maketrans(b"\r\n", b"  ")
_SEPARATORS = tuple((chr(c).encode(), b"\\u%04x" % c) for c in (0x85, 0x2028, 0x2029))


class Wire(Enum):
    """The format of a stream: SSE, SSE with films as `message` events, or one JSON object per line."""

    SSE = "movie"
    SSE_UNNAMED = "message"
    NDJSON = "ndjson"


def event(wire: Wire, name: str, id: str, data: bytes = EMPTY) -> bytes:
    """Return an event. `data` is one line of JSON. Only films can be sent without their name."""
    if wire is Wire.NDJSON:
        return b'{"id":"%b","event":"%b","data":%b}\n' % (id.encode(), name.encode(), data)
    if wire is Wire.SSE_UNNAMED and name == MOVIE:
        return b"id: %b\ndata: %b\n\n" % (id.encode(), data)
    return b"id: %b\nevent: %b\ndata: %b\n\n" % (id.encode(), name.encode(), data)


def retry(wire: Wire, milliseconds: int) -> bytes:
    """Return a `retry` line, the delay before the client reconnects. It belongs to the block that follows.

    NDJSON has no such line, so the result is empty.
    """
    return b"" if wire is Wire.NDJSON else b"retry: %d\n" % milliseconds


def starting(wire: Wire) -> bytes:
    """Return the first bytes of a stream whose start is not known yet: a comment, and nothing in NDJSON."""
    return b"" if wire is Wire.NDJSON else STARTING


def heartbeat(wire: Wire, id: str) -> bytes:
    """Return a heartbeat: a comment, or in NDJSON, which has no comments, the position."""
    return event(wire, POSITION, id) if wire is Wire.NDJSON else COMMENT


def closing(wire: Wire, milliseconds: int, id: str) -> bytes:
    """Return the last bytes of a stream that the server ends: the reconnection delay and the position.

    It has data and a name, because many clients deliver a block with `retry` alone as an empty message.
    """
    return retry(wire, milliseconds) + event(wire, POSITION, id)


def busy(milliseconds: int) -> bytes:
    """Return the whole body of an SSE stream that the server refuses.

    A browser stops reconnecting after any status but 200, so a refusal must look like a stream that ends.
    """
    return retry(Wire.SSE, milliseconds) + b"event: %b\ndata: {}\n\n" % BUSY.encode()


def gap_data(*, requested: str, first_available: str, missed: int | None) -> bytes:
    """Return the data of a `gap` event: history does not continue `requested`, which may be any text."""
    return one_line(orjson.dumps({"requested": requested, "first_available": first_available, "missed": missed}))


def one_line(json: bytes) -> bytes:
    """Return the same JSON in UTF-8 without any character that a client may take for a line break.

    Many clients are built on Python's `splitlines`, which also splits at Unicode's separators.
    """
    if b"\n" in json or b"\r" in json:  # in valid JSON these are only white space between tokens
        json = json.translate(_BLANK)
    if json.isascii():
        return json
    for separator, escape in _SEPARATORS:  # in valid JSON these are only inside strings
        if separator in json:
            json = json.replace(separator, escape)
    return json


def http_chunk(*parts: bytes) -> bytes:
    """Return a chunk of an HTTP/1.1 body. For no bytes it is empty, because an empty chunk would end the body."""
    size = sum(map(len, parts))
    return b"".join((b"%x\r\n" % size, *parts, b"\r\n")) if size else b""


def without_chunks(chunks: bytes) -> bytes:
    """Return the content of whole chunks, for a client of HTTP/1.0, which knows no chunks."""
    parts, start = [], 0
    while start < len(chunks):
        first = chunks.index(b"\r\n", start) + 2
        end = first + int(chunks[start : first - 2], 16)
        parts.append(chunks[first:end])
        start = end + 2
    return b"".join(parts)
