"""What is read from the bus, and what it can answer instead."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from nats.aio.msg import Msg

from cinestream.contracts import Envelope

NO_MORE = frozenset({"204", "404", "408", "409"})
"""Status messages that end a pull or a batched read (NATS ADR-13, ADR-31)."""


class AlreadyQueued(Exception):
    """The subject holds one message and takes no second one (JetStream error 10077, by its text)."""


class WrongLast(Exception):
    """Somebody else wrote to the subject first (JetStream error 10071): read it again, and decide again."""


class NotDeclared(KeyError):
    """A stream or consumer is not there."""

    def __str__(self) -> str:
        """The text as it is, which a KeyError would quote."""
        return str(self.args[0])


class Stored(NamedTuple):
    """A message as it is stored: `sequence` in its stream, `time` of storing (UTC)."""

    subject: str
    sequence: int
    time: datetime
    headers: dict[str, str]
    body: bytes

    @property
    def envelope(self) -> Envelope:
        """What was published."""
        return Envelope(self.headers, self.body)


@dataclass(frozen=True)
class StreamState:
    """A stream's facts: `created` is the time that names its epoch; sequences are 0 when it never held any."""

    created: datetime
    messages: int
    bytes: int
    max_bytes: int
    first_sequence: int
    last_sequence: int


@dataclass(frozen=True)
class ConsumerState:
    """A durable's facts: `pending` not yet delivered, `in_hand` delivered and not yet acknowledged."""

    pending: int
    in_hand: int
    redelivered: int


def stored(msg: Msg) -> Stored:
    """Read the answer of a direct get."""
    return stored_of(msg.headers or {}, msg.data)


def stored_of(answered: Mapping[str, str], body: bytes) -> Stored:
    """Read the headers and the body of the answer of a direct get."""
    headers = dict(answered)
    return Stored(
        subject=headers.pop("Nats-Subject"),
        sequence=int(headers.pop("Nats-Sequence")),
        time=nats_time(headers.pop("Nats-Time-Stamp")),
        headers=headers,
        body=body,
    )


def nats_time(text: str) -> datetime:
    """Read a time as NATS writes it, in UTC with nanoseconds (`datetime` holds microseconds)."""
    return datetime.fromisoformat(text)
