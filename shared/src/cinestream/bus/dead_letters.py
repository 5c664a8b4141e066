"""Reading, retrying and removing of dead letters.

A dead letter is identified by its sequence in the stream. The user needs the right to publish on the subject of the
original message to retry it.
"""

from collections.abc import AsyncIterator
from enum import StrEnum
from typing import NamedTuple

from cinestream.bus.jetstream import AlreadyQueued, Bus, StoredMessage
from cinestream.bus.topology import DEAD_LETTERS
from cinestream.contracts import DeadLetter, Envelope, Invalid, subjects
from cinestream_flow.message import Message, message_of

_BATCH = 64


class StoredLetter(NamedTuple):
    """A dead letter in the stream. `letter` is None if this version cannot read it, and `error` gives the reason."""

    sequence: int
    letter: DeadLetter | None
    error: str = ""


class LetterOutcome(StrEnum):
    """The outcome of retrying or removing a dead letter."""

    RETRIED = "retried"
    ALREADY_QUEUED = "already queued"
    REMOVED = "removed"
    GONE = "gone already"


async def letters(bus: Bus, stage: str, *, after: int = 0) -> AsyncIterator[StoredLetter]:
    """Yield the dead letters of a stage after a sequence, the oldest first."""
    while found := await bus.read(DEAD_LETTERS, start=after + 1, limit=_BATCH, subject=subjects.dead(stage)):
        for stored in found:
            yield _decoded(stored)
        after = found[-1].sequence


async def letter(bus: Bus, stage: str, sequence: int) -> StoredLetter | None:
    """Return the dead letter with a sequence, or None if the stage has no such letter."""
    found = await bus.read(DEAD_LETTERS, start=sequence, limit=1, subject=subjects.dead(stage))
    return _decoded(found[0]) if found and found[0].sequence == sequence else None


async def retry(bus: Bus, stored: StoredLetter) -> LetterOutcome:
    """Publish the original message on its subject, then remove the letter.

    A crash between the two leaves the letter, and the retry can be repeated.

    Raises:
        Invalid: The letter cannot be read.
        Transient: The server does not answer, or the user may not publish the original. The letter stays.
    """
    if stored.letter is None:
        raise Invalid(
            Message("letter {sequence} cannot be read: {error}", sequence=stored.sequence, error=stored.error)
        )
    outcome = LetterOutcome.RETRIED
    try:
        await bus.publish(stored.letter.original_subject, _original(stored.letter))
    except AlreadyQueued:
        outcome = LetterOutcome.ALREADY_QUEUED
    await bus.remove(DEAD_LETTERS, stored.sequence)
    return outcome


async def purge(bus: Bus, stored: StoredLetter) -> LetterOutcome:
    """Remove a letter permanently."""
    return LetterOutcome.REMOVED if await bus.remove(DEAD_LETTERS, stored.sequence) else LetterOutcome.GONE


def _decoded(stored: StoredMessage) -> StoredLetter:
    try:
        return StoredLetter(stored.sequence, DeadLetter.decode(stored.envelope))
    except Invalid as error:
        return StoredLetter(stored.sequence, None, message_of(error))


def _original(letter: DeadLetter) -> Envelope:
    # Headers of the server belong to the first publication, for example an expected sequence or a schedule.
    headers = {name: value for name, value in letter.original_headers.items() if not name.startswith("Nats-")}
    return Envelope(headers, letter.original_body)
