"""Positions in the stream: the `id` of an event, in the form `<epoch>-<sequence>`.

The epoch is the creation time of the JetStream stream, in milliseconds and base 36. The sequence is the sequence of
the message in that stream. So all replicas give a movie the same id, and an id of a stream that was recreated or
restored is never mistaken for an id of the current stream.
"""

import re
from datetime import datetime
from typing import NamedTuple

POSITION_PATTERN = "([0-9a-z]{1,13})-(0|[1-9][0-9]{0,18})"
_POSITION = re.compile(POSITION_PATTERN)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Position(NamedTuple):
    """The place just after the event with that sequence. 0 is the place before the first event."""

    epoch: str
    sequence: int

    def __str__(self) -> str:
        return f"{self.epoch}-{self.sequence}"


def parse_position(text: str) -> Position | None:
    """Parse an id. Return None if it is malformed."""
    match = _POSITION.fullmatch(text)
    return Position(match[1], int(match[2])) if match else None


def epoch_of(created: datetime) -> str:
    """Return the epoch of a stream that was created at this time (aware)."""
    number = int(created.timestamp() * 1000)
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"
