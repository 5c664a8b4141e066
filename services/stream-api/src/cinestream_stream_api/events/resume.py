"""The start of a stream as a client requests it.

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
class Malformed:
    """New events, after a text that is no id."""

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


StartRequest: TypeAlias = Live | After | Malformed | Earliest | Since | Replay


def parse_start(header: str | None, last_event_id: str | None, since: str | None, replay: int | None) -> StartRequest:
    """Parse the client's request for a start. Empty texts count as absent.

    A malformed id in the header leads to a gap, because a browser cannot correct it. In the query it is an error.

    Raises:
        BadQuery: `last_event_id` or `since` is malformed, even when another parameter takes precedence.
    """
    requested = _parse_query(last_event_id, since, replay)
    if header:
        position = parse_position(header)
        return After(position) if position else Malformed(header[:MAX_QUOTED])
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
