"""Where a stream starts: what the client asks for, and what it gets.

Precedence: the header `Last-Event-ID`, else `?last_event_id=` (also `earliest`), else `?since=`, else
`?replay=`, else live only. The header comes first because a browser that reconnects repeats its old URL and
adds the header.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from cinestream_stream_api.events.position import Position, parse_position

EARLIEST = "earliest"
MAX_REQUESTED = 100
"""A malformed id is quoted back to the client up to this many characters."""

_LOST_PLUS = re.compile(r"(T.+) (\d\d:?\d\d)$")
"""A "+" that was not percent-encoded in a URL arrives as a space."""


class BadQuery(Exception):
    """A query parameter that cannot be understood."""

    def __init__(self, parameter: str, reason: str) -> None:
        super().__init__(f"{parameter}: {reason}")
        self.parameter = parameter
        self.reason = reason


@dataclass(frozen=True)
class Live:
    """Only what comes from now on."""


@dataclass(frozen=True)
class After:
    """Everything after this position."""

    position: Position


@dataclass(frozen=True)
class Unknown:
    """Everything after an id that nobody gave out."""

    text: str


@dataclass(frozen=True)
class Earliest:
    """Everything that history holds."""


@dataclass(frozen=True)
class Since:
    """Everything stored at this time (aware) or later."""

    moment: datetime


@dataclass(frozen=True)
class Replay:
    """The last `count` films that match, then everything new."""

    count: int


Start: TypeAlias = Live | After | Unknown | Earliest | Since | Replay


def start_of(header: str | None, last_event_id: str | None, since: str | None, replay: int | None) -> Start:
    """What the client asks for; empty texts count as absent.

    A malformed id in the header is a gap, since a browser cannot mend it; in the query it is a mistake.

    Raises:
        BadQuery: `last_event_id` or `since` is malformed, even when another one takes precedence.
    """
    asked = _from_query(last_event_id, since, replay)
    if header:
        position = parse_position(header)
        return After(position) if position else Unknown(header[:MAX_REQUESTED])
    return asked


def _from_query(last_event_id: str | None, since: str | None, replay: int | None) -> Start:
    moment = parse_moment(since) if since else None
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


def parse_moment(text: str) -> datetime:
    """Read an ISO 8601 time; one without an offset is UTC.

    Raises:
        BadQuery: it is none.
    """
    try:
        moment = datetime.fromisoformat(_LOST_PLUS.sub(r"\1+\2", text))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadQuery("since", "expected an ISO 8601 time, like 2026-11-21T08:00:00Z") from None


@dataclass(frozen=True)
class Held:
    """What history holds now: the epoch, its first sequence that is still there, and the last one given."""

    epoch: str
    first: int
    last: int

    @property
    def before_first(self) -> Position:
        """The position just before the first available event."""
        return Position(self.epoch, max(self.first, 1) - 1)


@dataclass(frozen=True)
class Gap:
    """What a client is told it missed; `missed` counts sequences, None when they cannot be counted."""

    requested: str
    missed: int | None


def gap_after(position: Position, held: Held) -> Gap | None:
    """What is missing after a position, or None when history still continues it.

    Continue from `held.before_first` after a gap. An id beyond the last one was never given out by this
    stream, so nothing can be said of what its owner has seen.
    """
    if position.epoch != held.epoch or position.sequence > held.last:
        return Gap(str(position), None)
    missed = held.before_first.sequence - position.sequence
    return Gap(str(position), missed) if missed > 0 else None
