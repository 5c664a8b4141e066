"""The removal of a film (`cinestream-stream-api remove`).

Three steps: the film's contributions leave the directors' records, its versions leave history, and one `Removed`
message takes their place. Each replica sends that message to its clients as `event: removed`. Every step can be
repeated, and the last one is a compare-and-set. So an interrupted command can be run again, and a command that races
with a new version of the film starts anew.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import Enum

from cinestream.bus.jetstream import Bus, StoredMessage, WrongLastSequence
from cinestream.bus.topology import DIRECTOR_STATS, MOVIES
from cinestream.contracts import Transient, subjects
from cinestream.contracts.director import DIRECTOR_KEYS, without_film
from cinestream.contracts.removed import Removed
from cinestream_flow.message import Message

_MAX_ATTEMPTS = 20


class Removal(Enum):
    """The result of a removal, as text for the user."""

    REMOVED = Message("removed")
    ALREADY = Message("was removed already")
    UNKNOWN = Message("is not stored; sent `removed` to clients")


async def remove(bus: Bus, id: str) -> Removal:
    """Take a film down, even while etl publishes new versions of it.

    The removal of an unknown film is published too, because clients may have it from a stream that was recreated.

    Raises:
        Transient: NATS does not answer, or too many races were lost. Run it again.
        Invalid: a director's record cannot be read.
    """
    result = Removal.UNKNOWN
    for _ in range(_MAX_ATTEMPTS):
        removed = Removed(id, datetime.now(UTC))
        if last := await bus.last_message(MOVIES, removed.subject):
            if Removed.matches(last.headers):
                return Removal.ALREADY if result is Removal.UNKNOWN else result
            await _withdraw(bus, removed, _directors(last))
            await bus.purge(MOVIES, removed.subject, through=last.sequence)
            result = Removal.REMOVED
        try:
            await bus.publish(removed.subject, removed.encode(), expect_last=0)
        except WrongLastSequence:
            continue
        return result
    raise Transient(Message("{id}: lost {count} races against new versions", id=id, count=_MAX_ATTEMPTS))


def _directors(movie: StoredMessage) -> list[str]:
    return movie.headers.get(DIRECTOR_KEYS, "").split()


async def _withdraw(bus: Bus, removed: Removed, directors: Iterable[str]) -> None:
    """Remove the film's contributions from the records of its directors."""
    for key in directors:
        subject = subjects.director(key)
        for _ in range(_MAX_ATTEMPTS):
            stored = await bus.last_message(DIRECTOR_STATS, subject)
            record = without_film(stored.envelope, removed.id, until=removed.at) if stored else None
            if stored is None or record is None:
                break
            try:
                await bus.publish(subject, record, expect_last=stored.sequence)
                break
            except WrongLastSequence:
                continue
        else:
            raise Transient(Message("director {key}: lost {count} races for the record", key=key, count=_MAX_ATTEMPTS))
