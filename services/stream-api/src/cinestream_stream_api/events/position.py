"""Positions in the stream: `<epoch>-<sequence>`, the `id` of an event.

The epoch is the creation time of the JetStream stream in milliseconds, in base 36; the sequence is that of
the message in it. So every replica gives the same id to the same movie, and an id of a stream that was
recreated or restored since is never mistaken for one of the present stream.
"""

import re
from datetime import datetime
from typing import NamedTuple

POSITION_PATTERN = "([0-9a-z]{1,13})-(0|[1-9][0-9]{0,18})"
_POSITION = re.compile(POSITION_PATTERN)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Position(NamedTuple):
    """The place just after the event with that sequence (0: before the first)."""

    epoch: str
    sequence: int

    def __str__(self) -> str:
        return f"{self.epoch}-{self.sequence}"


def parse_position(text: str) -> Position | None:
    """Read an id; None if it is malformed."""
    match = _POSITION.fullmatch(text)
    return Position(match[1], int(match[2])) if match else None


def epoch_of(created: datetime) -> str:
    """The epoch of a stream that was created at that time (aware)."""
    number = int(created.timestamp() * 1000)
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"
