"""`Event`: one message of the stream, encoded once for all clients."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import orjson

from cinestream.contracts.envelope import SCHEMA
from cinestream.contracts.removed import Removed
from cinestream_stream_api.events import frames
from cinestream_stream_api.events.filters import EVERYTHING, Facets, Filter, facets
from cinestream_stream_api.events.frames import Wire, http_chunk
from cinestream_stream_api.events.position import Position

MAX_CHUNK = 128 * 1024
"""Events are joined up to about this many bytes: what a client that stops reading can cost."""

_OVERHEAD = 600
"""About what an event costs in memory besides its frame."""

_BLANK = bytes.maketrans(b"\r\n", b"  ")
_SEPARATORS = tuple((chr(c).encode(), b"\\u%04x" % c) for c in (0x85, 0x2028, 0x2029))


class NotAFilm(Exception):
    """A message that says nothing of a film: it has a sequence, but nothing that clients could be shown."""


class Event:
    """An event at a position. The SSE frame is made at once, the other forms when first asked for.

    Args:
        position: the event's id.
        name: its event name.
        data: one line of JSON.
        facets: what filters look at; None for what every client gets.
    """

    __slots__ = ("_data_length", "_others", "_sse", "facets", "name", "position")

    def __init__(self, position: Position, name: str, data: bytes, facets: Facets | None = None) -> None:
        self.position = position
        self.name = name
        self.facets = facets
        self._sse = frames.event(Wire.SSE, name, str(position), data)
        self._data_length = len(data)
        self._others: dict[Wire, bytes] | None = None

    @property
    def sequence(self) -> int:
        """Its sequence in the stream."""
        return self.position.sequence

    @property
    def data(self) -> bytes:
        """The payload, one line of JSON."""
        return self._sse[-2 - self._data_length : -2]

    @property
    def removes(self) -> str | None:
        """The id of the film that it takes down, casefolded as in facets; None if it is another event."""
        return str(orjson.loads(self.data)["id"]).casefold() if self.name == frames.REMOVED else None

    @property
    def size(self) -> int:
        """About how many bytes of memory it takes."""
        return len(self._sse) + _OVERHEAD

    def frame(self, wire: Wire) -> bytes:
        """Its bytes on that wire; the same object every time."""
        if wire is Wire.SSE:
            return self._sse
        if self._others is None:
            self._others = {}
        if wire not in self._others:
            self._others[wire] = frames.event(wire, self.name, str(self.position), self.data)
        return self._others[wire]


def film(position: Position, headers: Mapping[str, str], body: bytes) -> Event:
    """The event of a stored movie, or of its removal. Newer schema versions pass, since fields are only ever added.

    Raises:
        NotAFilm: another contract, or a body without the fields of a movie.
    """
    if Removed.matches(headers):
        return _removed(position, body)
    if not headers.get(SCHEMA, "").startswith("movie/"):
        raise NotAFilm(f"header {SCHEMA} is {headers.get(SCHEMA)!r}")
    try:
        shown = facets(orjson.loads(body))
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise NotAFilm(f"{type(error).__name__}: {error}") from error
    return Event(position, frames.MOVIE, one_line(body), shown)


def _removed(position: Position, body: bytes) -> Event:
    """Without facets: every client gets it, since one that filters may have the film from a version that matched."""
    try:
        data = orjson.dumps({"id": str(orjson.loads(body)["id"])})
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise NotAFilm(f"{type(error).__name__}: {error}") from error
    return Event(position, frames.REMOVED, data)


def one_line(json: bytes) -> bytes:
    """The same JSON in UTF-8 without anything that any reader could take for the end of a line.

    Python's `splitlines`, on which many clients are built, also breaks at the separators of Unicode.
    """
    if b"\n" in json or b"\r" in json:  # only ever white space between tokens
        json = json.translate(_BLANK)
    if json.isascii():
        return json
    for separator, escape in _SEPARATORS:  # only ever inside of strings
        if separator in json:
            json = json.replace(separator, escape)
    return json


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What a client wants, and how; clients with the same view, by `view_of`, share their bytes.

    Compared by identity, because it is looked up once for every client and chunk.
    """

    wire: Wire = Wire.SSE
    filter: Filter = EVERYTHING


@lru_cache(maxsize=4096)
def view_of(wire: Wire, filter: Filter) -> View:
    """The view of all clients who want this."""
    return View(wire, filter)


class Chunk(NamedTuple):
    """Joined frames of `events` events; `sequence` is the last one looked at, `shown` the last one in it (or 0).

    `framed` are the frames as a chunk of an HTTP/1.1 body, so that all clients can be given the same bytes.
    """

    sequence: int
    shown: int
    events: int
    framed: bytes

    @property
    def size(self) -> int:
        """About how many bytes of memory it takes."""
        return len(self.framed) + _OVERHEAD


def wanted(event: Event, filter: Filter) -> bool:
    """Whether a client with that filter gets the event."""
    return event.facets is None or filter is EVERYTHING or filter.matches(event.facets)


def join(events: Iterable[Event], view: View, *, through: int) -> Chunk:
    """Join what the view shows of consecutive events, up to about `MAX_CHUNK` bytes.

    `through` is the sequence that the client has seen everything of when all events fit.
    """
    parts: list[bytes] = []
    size = shown = 0
    for event in events:
        if wanted(event, view.filter):
            frame = event.frame(view.wire)
            parts.append(frame)
            size += len(frame)
            shown = event.sequence
            if size >= MAX_CHUNK:
                through = shown
                break
    return Chunk(through, shown, len(parts), http_chunk(*parts))
