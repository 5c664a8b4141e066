"""Stored messages, the state of streams and consumers, and the errors of reading and writing them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from nats.aio.msg import Msg

from cinestream.contracts import Envelope

NO_MORE = frozenset({"204", "404", "408", "409"})
"""Status messages that end a pull or a batched read (NATS ADR-13, ADR-31)."""

TIME_STAMP = "Nats-Time-Stamp"
"""Header with the time at which a message was stored, in direct gets and in republished messages."""


class AlreadyQueued(Exception):
    """The subject holds a message and takes no second one (JetStream error 10077 with its text)."""


class WrongLastSequence(Exception):
    """Another client wrote to the subject first (JetStream error 10071). Read the subject again, and decide again."""


class NotDeclared(KeyError):
    """A stream or consumer does not exist."""

    def __str__(self) -> str:
        """Return the text without the quotes that a KeyError adds."""
        return str(self.args[0])


class StoredMessage(NamedTuple):
    """A message of a stream. `sequence` is its number in the stream, `time` the UTC time at which it was stored."""

    subject: str
    sequence: int
    time: datetime
    headers: dict[str, str]
    body: bytes

    @property
    def envelope(self) -> Envelope:
        """Headers and body as they were published."""
        return Envelope(self.headers, self.body)


@dataclass(frozen=True)
class StreamState:
    """The state of a stream.

    Args:
        created: Time at which the stream was created. It identifies the epoch of the sequences.
        messages: Number of messages.
        bytes: Size of all messages.
        max_bytes: Limit of the size.
        first_sequence: Sequence of the first message, or 0 for a stream that never had one.
        last_sequence: Sequence of the last message, or 0 for a stream that never had one.
        subjects: Number of subjects that hold a message.
    """

    created: datetime
    messages: int
    bytes: int
    max_bytes: int
    first_sequence: int
    last_sequence: int
    subjects: int


@dataclass(frozen=True)
class ConsumerState:
    """The state of a durable consumer.

    Args:
        pending: Messages that were not delivered yet.
        unacknowledged: Messages that were delivered and not acknowledged yet.
        redelivered: Unacknowledged messages that were delivered more than once.
    """

    pending: int
    unacknowledged: int
    redelivered: int


def stored(msg: Msg) -> StoredMessage:
    """Return the message in a response to a direct get."""
    return stored_of(msg.headers or {}, msg.data)


def stored_of(response_headers: Mapping[str, str], body: bytes) -> StoredMessage:
    """Return the message in the headers and body of a response to a direct get."""
    headers = dict(response_headers)
    return StoredMessage(
        subject=headers.pop("Nats-Subject"),
        sequence=int(headers.pop("Nats-Sequence")),
        time=nats_time(headers.pop(TIME_STAMP)),
        headers=headers,
        body=body,
    )


def nats_time(text: str) -> datetime:
    """Parse a UTC time of NATS, which has nanoseconds. The result has microseconds."""
    return datetime.fromisoformat(text)
