"""The start of a stream: the client's request, and the gaps that history leaves.

Precedence: the header `Last-Event-ID`, then `?last_event_id=` (also `earliest`), then `?since=`, then `?replay=`, else
live only. The header comes first because a browser that reconnects repeats its old URL and adds the header.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from cinestream_stream_api.events.moment import parse_time
from cinestream_stream_api.events.position import Position, parse_position

EARLIEST = "earliest"
MAX_QUOTED = 100
"""Characters of a malformed id that are quoted back to the client."""


class BadQuery(Exception):
    """A query parameter with an invalid value."""

    def __init__(self, parameter: str, reason: str) -> None:
        super().__init__(f"{parameter}: {reason}")
        self.parameter = parameter
        self.reason = reason


@dataclass(frozen=True)
class Live:
    """Only new events."""


@dataclass(frozen=True)
class After:
    """All events after this position."""

    position: Position


@dataclass(frozen=True)
class Unknown:
    """All events after an id that this service never gave out."""

    text: str


@dataclass(frozen=True)
class Earliest:
    """All events that history holds."""


@dataclass(frozen=True)
class Since:
    """All events stored at this time (aware) or later."""

    moment: datetime


@dataclass(frozen=True)
class Replay:
    """The last `count` films that match, then all new events."""

    count: int


StartRequest: TypeAlias = Live | After | Unknown | Earliest | Since | Replay


def parse_start(header: str | None, last_event_id: str | None, since: str | None, replay: int | None) -> StartRequest:
    """Parse the client's request for a start. Empty texts count as absent.

    A malformed id in the header leads to a gap, because a browser cannot correct it. In the query it is an error.

    Raises:
        BadQuery: `last_event_id` or `since` is malformed, even when another parameter takes precedence.
    """
    requested = _parse_query(last_event_id, since, replay)
    if header:
        position = parse_position(header)
        return After(position) if position else Unknown(header[:MAX_QUOTED])
    return requested


def _parse_query(last_event_id: str | None, since: str | None, replay: int | None) -> StartRequest:
    moment = parse_moment("since", since) if since else None
    if last_event_id == EARLIEST:
        return Earliest()
    if last_event_id:
        position = parse_position(last_event_id)
        if position is None:
            raise BadQuery("last_event_id", "expected the id of an event, like mwpz3sdn-42, or earliest")
        return After(position)
    if moment:
        return Since(moment)
    return Live() if replay is None else Replay(replay)


def parse_moment(parameter: str, text: str) -> datetime:
    """Parse the time in a query parameter.

    Raises:
        BadQuery: it is malformed.
    """
    try:
        return parse_time(text)
    except ValueError as error:
        raise BadQuery(parameter, str(error)) from None


@dataclass(frozen=True)
class StreamBounds:
    """The part of the stream that history holds: its epoch, and its first and last sequence."""

    epoch: str
    first: int
    last: int

    @property
    def before_first(self) -> Position:
        """The position just before the first available event."""
        return Position(self.epoch, max(self.first, 1) - 1)


@dataclass(frozen=True)
class Gap:
    """Events that a client misses. `missed` is the number of their sequences, or None if it is unknown."""

    requested: str
    missed: int | None


def gap_after(position: Position, bounds: StreamBounds) -> Gap | None:
    """Return the gap after a position, or None if history has the next event.

    After a gap, the client continues from `bounds.before_first`. An id beyond the last sequence was never given out
    by this stream, so it is unknown what that client has seen.
    """
    if position.epoch != bounds.epoch or position.sequence > bounds.last:
        return Gap(str(position), None)
    missed = bounds.before_first.sequence - position.sequence
    return Gap(str(position), missed) if missed > 0 else None
