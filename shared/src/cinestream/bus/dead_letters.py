"""What nobody could handle: read it, give it another chance, or let it go.

Letters are known by their sequence in the stream. Nothing here asks for more rights than its user has: whoever
retries must be allowed to publish on the original's subject.
"""

from collections.abc import AsyncIterator
from enum import StrEnum
from typing import NamedTuple

from cinestream.bus.jetstream import AlreadyQueued, Bus, StoredMessage
from cinestream.bus.topology import DEAD_LETTERS
from cinestream.contracts import DeadLetter, Envelope, Invalid, subjects

_BATCH = 64


class StoredLetter(NamedTuple):
    """A dead letter as it is kept; `letter` is None where this version cannot read it, and `fault` says why."""

    sequence: int
    letter: DeadLetter | None
    fault: str = ""


class LetterOutcome(StrEnum):
    """What became of a letter."""

    RETRIED = "retried"
    ALREADY_QUEUED = "already queued"
    REMOVED = "removed"
    GONE = "gone already"


async def letters(bus: Bus, stage: str, *, after: int = 0) -> AsyncIterator[StoredLetter]:
    """The letters of a stage, the oldest first, from the one after that sequence on; ends at the last."""
    while found := await bus.read(DEAD_LETTERS, start=after + 1, limit=_BATCH, subject=subjects.dead(stage)):
        for stored in found:
            yield _kept(stored)
        after = found[-1].sequence


async def letter(bus: Bus, stage: str, sequence: int) -> StoredLetter | None:
    """The letter of that sequence; None if the stage has none there."""
    found = await bus.read(DEAD_LETTERS, start=sequence, limit=1, subject=subjects.dead(stage))
    return _kept(found[0]) if found and found[0].sequence == sequence else None


async def retry(bus: Bus, kept: StoredLetter) -> LetterOutcome:
    """Publish the original where it was, then remove the letter; after a crash in between, do it again.

    Raises:
        Invalid: the letter cannot be read.
        Transient: no answer, which is also what a missing right looks like; the letter stays.
    """
    if kept.letter is None:
        raise Invalid(f"letter {kept.sequence} cannot be read: {kept.fault}")
    outcome = LetterOutcome.RETRIED
    try:
        await bus.publish(kept.letter.original_subject, _again(kept.letter))
    except AlreadyQueued:
        outcome = LetterOutcome.ALREADY_QUEUED
    await bus.remove(DEAD_LETTERS, kept.sequence)
    return outcome


async def purge(bus: Bus, kept: StoredLetter) -> LetterOutcome:
    """Remove a letter for good."""
    return LetterOutcome.REMOVED if await bus.remove(DEAD_LETTERS, kept.sequence) else LetterOutcome.GONE


def _kept(stored: StoredMessage) -> StoredLetter:
    try:
        return StoredLetter(stored.sequence, DeadLetter.decode(stored.envelope))
    except Invalid as error:
        return StoredLetter(stored.sequence, None, str(error))


def _again(letter: DeadLetter) -> Envelope:
    # What the server read or wrote at the first publication (an expected sequence, a schedule) is over.
    headers = {name: value for name, value in letter.original_headers.items() if not name.startswith("Nats-")}
    return Envelope(headers, letter.original_body)
