"""The directors' records in the key-value bucket: read, change by a pure function, write by compare-and-set."""

from collections.abc import Callable
from typing import NamedTuple

from cinestream.bus.jetstream import Bus, WrongLastSequence
from cinestream.bus.topology import DIRECTOR_STATS
from cinestream.contracts import Transient, subjects
from cinestream_etl.directors import Record
from cinestream_etl.metrics import RACES_LOST

_TRIES = 100
"""Of all that race for a record one wins each round, so this is how many may race."""


class Change(NamedTuple):
    """A director's record before and after a change."""

    before: Record
    after: Record


async def change(bus: Bus, key: str, changed: Callable[[Record], Record]) -> Change:
    """Apply `changed` to the record of a director, and return what was and what is now stored.

    Nothing is written when `changed` returns the record that it was given.

    Raises:
        Transient: the bus does not answer, or too many races were lost.
        Invalid: what is stored is not a record.
    """
    subject = subjects.director(key)
    for _ in range(_TRIES):
        stored = await bus.last_message(DIRECTOR_STATS, subject)
        record = Record.decode(stored.envelope) if stored else Record({})
        wanted = changed(record)
        if wanted is record:
            return Change(record, record)
        try:
            await bus.publish(subject, wanted.encode(), expect_last=stored.sequence if stored else 0)
            return Change(record, wanted)
        except WrongLastSequence:
            RACES_LOST.labels("director").inc()
    raise Transient(f"director {key}: lost {_TRIES} races for the record")
