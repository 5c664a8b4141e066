"""Events of the stream, encoded once for all clients."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

import orjson

from cinestream.contracts.envelope import SCHEMA
from cinestream.contracts.removed import Removed
from cinestream_stream_api.events import frames
from cinestream_stream_api.events.film_times import with_times
from cinestream_stream_api.events.filters import EVERYTHING, Facets, Filter, facets
from cinestream_stream_api.events.frames import Wire, http_chunk, one_line
from cinestream_stream_api.events.position import Position

MAX_CHUNK = 128 * 1024
"""Approximate limit of the bytes of a chunk. A client that stops reading keeps at most one chunk in memory."""

_OVERHEAD = 600
"""Approximate bytes of memory of an event besides its frame."""


class NotAFilm(Exception):
    """A stored message that is neither a film nor the removal of one, so that clients are not shown it."""


class Event:
    """An event at a position. The SSE frame is made at once, other formats at their first use.

    Args:
        position: the event's id.
        name: its event name.
        data: one line of JSON.
        facets: the values to filter by. None if every client gets the event.
        stored_at: the UTC time at which NATS stored the event, or None if it is unknown.
    """

    __slots__ = ("_data_length", "_others", "_sse", "facets", "name", "position", "stored_at")

    def __init__(
        self,
        position: Position,
        name: str,
        data: bytes,
        facets: Facets | None = None,
        stored_at: datetime | None = None,
    ) -> None:
        self.position = position
        self.name = name
        self.facets = facets
        self.stored_at = stored_at
        self._sse = frames.event(Wire.SSE, name, str(position), data)
        # The data is a part of the frame, so it is not kept a second time.
        self._data_length = len(data)
        self._others: dict[Wire, bytes] | None = None

    @property
    def sequence(self) -> int:
        """The sequence in the stream."""
        return self.position.sequence

    @property
    def data(self) -> bytes:
        """The payload, one line of JSON."""
        return self._sse[-2 - self._data_length : -2]

    @property
    def removes(self) -> str | None:
        """The id of the film that this event removes, casefolded as in facets. None for all other events."""
        return str(orjson.loads(self.data)["id"]).casefold() if self.name == frames.REMOVED else None

    @property
    def size(self) -> int:
        """Approximate bytes of memory."""
        return len(self._sse) + _OVERHEAD

    def frame(self, wire: Wire) -> bytes:
        """Return the event in a format. It is the same object at each call."""
        if wire is Wire.SSE:
            return self._sse
        if self._others is None:
            self._others = {}
        if wire not in self._others:
            self._others[wire] = frames.event(wire, self.name, str(self.position), self.data)
        return self._others[wire]


def film(position: Position, headers: Mapping[str, str], body: bytes, stored_at: datetime | None = None) -> Event:
    """Return the event of a stored movie, or of its removal.

    Newer schema versions are accepted, because versions only ever add fields.

    Args:
        position: the event's id.
        headers: the headers of the message.
        body: its body.
        stored_at: the UTC time at which NATS stored it, or None if it is unknown.

    Raises:
        NotAFilm: the message has another contract, or its body lacks the fields of a movie.
    """
    if Removed.matches(headers):
        return _removed(position, body, stored_at)
    if not headers.get(SCHEMA, "").startswith("movie/"):
        raise NotAFilm(f"header {SCHEMA} is {headers.get(SCHEMA)!r}")
    try:
        movie = orjson.loads(body)
        film_facets = facets(movie)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotAFilm(f"{type(error).__name__}: {error}") from error
    data = one_line(with_times(body, movie, headers, stored_at))
    return Event(position, frames.MOVIE, data, film_facets, stored_at)


def _removed(position: Position, body: bytes, stored_at: datetime | None) -> Event:
    # Without facets, so that every client gets it: a client with a filter may have an older version that matched.
    try:
        data = orjson.dumps({"id": str(orjson.loads(body)["id"])})
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise NotAFilm(f"{type(error).__name__}: {error}") from error
    return Event(position, frames.REMOVED, data, stored_at=stored_at)


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A format and a filter. Clients with the same view share their bytes.

    Views are compared by identity, because one is looked up for each client and chunk. Get them from `view_of`.
    """

    wire: Wire = Wire.SSE
    filter: Filter = EVERYTHING


@lru_cache(maxsize=4096)
def view_of(wire: Wire, filter: Filter) -> View:
    """Return the view that all clients with this format and filter share."""
    return View(wire, filter)


class Chunk(NamedTuple):
    """Joined frames of several events.

    Args:
        sequence: the last sequence that was looked at.
        shown: the last sequence in the chunk, or 0.
        events: the number of events in the chunk.
        framed: the frames as one chunk of an HTTP/1.1 body, so that all clients get the same bytes object.
    """

    sequence: int
    shown: int
    events: int
    framed: bytes

    @property
    def size(self) -> int:
        """Approximate bytes of memory."""
        return len(self.framed) + _OVERHEAD


def is_shown(event: Event, filter: Filter) -> bool:
    """Return True if a client with that filter gets the event."""
    return event.facets is None or filter is EVERYTHING or filter.matches(event.facets)


def join(events: Iterable[Event], view: View, *, through: int) -> Chunk:
    """Join the events that a view shows, up to about `MAX_CHUNK` bytes.

    Args:
        events: consecutive events.
        view: the format and the filter.
        through: the sequence of the chunk if all events fit. There are no other events up to it.
    """
    parts: list[bytes] = []
    size = shown = 0
    for event in events:
        if is_shown(event, view.filter):
            frame = event.frame(view.wire)
            parts.append(frame)
            size += len(frame)
            shown = event.sequence
            if size >= MAX_CHUNK:
                through = shown
                break
    return Chunk(through, shown, len(parts), http_chunk(*parts))
