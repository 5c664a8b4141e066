"""`cinestream-stream-api remove`: takes a film down.

Its contributions leave the directors' records, its versions leave history, and one message, `Removed`, takes
their place, which every replica turns into `event: removed`. In this order, each step repeatable and the last
by compare-and-set: a command that was cut off is run again, and one that races with a new version starts anew.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import Enum

from cinestream.bus.jetstream import Bus, StoredMessage, WrongLastSequence
from cinestream.bus.topology import DIRECTOR_STATS, MOVIES
from cinestream.contracts import Transient, subjects
from cinestream.contracts.director import DIRECTOR_KEYS, without_film
from cinestream.contracts.removed import Removed

_TRIES = 20


class Removal(Enum):
    """What became of a film that shall be taken down."""

    REMOVED = "removed"
    ALREADY = "was removed already"
    UNKNOWN = "is not stored; clients are told that it is removed"


async def remove(bus: Bus, id: str) -> Removal:
    """Take a film down, whatever etl publishes meanwhile. An unknown one is announced too: who was cut off may know it.

    Raises:
        Transient: NATS does not answer, or too many races were lost; run it again.
        Invalid: a director's record cannot be read.
    """
    result = Removal.UNKNOWN
    for _ in range(_TRIES):
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
    raise Transient(f"{id}: lost {_TRIES} races against new versions")


def _directors(movie: StoredMessage) -> list[str]:
    return movie.headers.get(DIRECTOR_KEYS, "").split()


async def _withdraw(bus: Bus, removed: Removed, directors: Iterable[str]) -> None:
    """Take the film out of its directors' records."""
    for key in directors:
        subject = subjects.director(key)
        for _ in range(_TRIES):
            stored = await bus.last_message(DIRECTOR_STATS, subject)
            wanted = without_film(stored.envelope, removed.id, until=removed.at) if stored else None
            if stored is None or wanted is None:
                break
            try:
                await bus.publish(subject, wanted, expect_last=stored.sequence)
                break
            except WrongLastSequence:
                continue
        else:
            raise Transient(f"director {key}: lost {_TRIES} races for the record")
