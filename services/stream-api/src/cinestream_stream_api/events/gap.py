"""Gaps: events that a client misses, because history does not continue its id."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from cinestream_stream_api.events.position import Position

OnGap: TypeAlias = Literal["live", "history"]
"""The place after a gap from which a stream continues: the newest event, or the first that history holds."""

MALFORMED = "malformed"
OTHER_EPOCH = "other_epoch"
BEYOND_LAST = "beyond_last"
EXPIRED = "expired"
REPLACED = "replaced"
LOST = "lost"
CAUSES = (MALFORMED, OTHER_EPOCH, BEYOND_LAST, EXPIRED, REPLACED, LOST)
"""The causes of gaps. Any visitor can cause the first four with an id. Only the store causes the last two."""


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
    """Events that a client misses.

    Args:
        cause: one of `CAUSES`.
        requested: the id or the text after which the client wanted to continue.
        first_available: the id of the first event that history holds.
        missed: the number of sequences between `requested` and `position`, or None if it is unknown.
        position: the place from which the stream continues.
    """

    cause: str
    requested: str
    first_available: Position
    missed: int | None
    position: Position


def gap_after(position: Position, bounds: StreamBounds, on_gap: OnGap | None = None) -> Gap | None:
    """Return the gap after a position, or None if history has the next event.

    An id beyond the last sequence was never given out by this stream, so it is unknown what that client has seen.
    By default the client continues from the first event that history holds.
    """
    if position.epoch != bounds.epoch:
        return _gap(OTHER_EPOCH, str(position), bounds, on_gap)
    if position.sequence > bounds.last:
        return _gap(BEYOND_LAST, str(position), bounds, on_gap)
    if position.sequence < bounds.before_first.sequence:
        return _gap(EXPIRED, str(position), bounds, on_gap, after=position.sequence)
    return None


def malformed_gap(text: str, bounds: StreamBounds, on_gap: OnGap | None = None) -> Gap:
    """Return the gap after a text that is no id. By default the client continues live."""
    return _gap(MALFORMED, text, bounds, on_gap or "live")


def _gap(cause: str, requested: str, bounds: StreamBounds, on_gap: OnGap | None, *, after: int | None = None) -> Gap:
    before = bounds.before_first
    position = Position(bounds.epoch, max(bounds.last, before.sequence)) if on_gap == "live" else before
    missed = None if after is None else position.sequence - after
    return Gap(cause, requested, Position(bounds.epoch, before.sequence + 1), missed, position)
