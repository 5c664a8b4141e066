"""The end of a stream, as a client requests it."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from cinestream_stream_api.events.moment import parse_time
from cinestream_stream_api.events.position import Position, parse_position
from cinestream_stream_api.events.resume import BadQuery

LIVE = "live"


@dataclass(frozen=True)
class UntilLive:
    """All events that are stored when the request arrives."""


@dataclass(frozen=True)
class UntilPosition:
    """All events up to this one."""

    position: Position


@dataclass(frozen=True)
class UntilTime:
    """All events stored before this time (aware)."""

    moment: datetime


Until: TypeAlias = UntilLive | UntilPosition | UntilTime


def parse_until(text: str | None) -> Until | None:
    """Parse the requested end of a stream. An empty text counts as absent.

    Raises:
        BadQuery: it is malformed.
    """
    if not text:
        return None
    if text == LIVE:
        return UntilLive()
    if position := parse_position(text):
        return UntilPosition(position)
    try:
        return UntilTime(parse_time(text))
    except ValueError:
        raise BadQuery("until", "expected live, an id like mwpz3sdn-42, or a time like 2026-11-21T08:00:00Z") from None
