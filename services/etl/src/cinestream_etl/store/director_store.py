"""The directors' records in their key-value bucket, changed by compare-and-set."""

from collections.abc import Callable
from typing import NamedTuple

from cinestream.bus.jetstream import Bus, WrongLastSequence
from cinestream.bus.topology import DIRECTOR_STATS
from cinestream.contracts import Transient, subjects
from cinestream_etl.directors import DirectorRecord
from cinestream_etl.metrics import RACES_LOST
from cinestream_flow.message import Message

_MAX_ATTEMPTS = 100
"""In each round one of the writers of a record wins, so this many writers may race for one record."""


class RecordUpdate(NamedTuple):
    """A director's record before and after an update."""

    before: DirectorRecord
    after: DirectorRecord


async def update_record(bus: Bus, key: str, update: Callable[[DirectorRecord], DirectorRecord]) -> RecordUpdate:
    """Read a director's record, apply the pure function `update`, and write the result.

    Nothing is written if `update` returns the record that it was given. It is called again after each lost race.

    Raises:
        Transient: the bus does not answer, or too many races were lost.
        Invalid: the stored record cannot be read.
    """
    subject = subjects.director(key)
    for _ in range(_MAX_ATTEMPTS):
        stored = await bus.last_message(DIRECTOR_STATS, subject)
        before = DirectorRecord.decode(stored.envelope) if stored else DirectorRecord({})
        after = update(before)
        if after is before:
            return RecordUpdate(before, before)
        try:
            await bus.publish(subject, after.encode(), expect_last=stored.sequence if stored else 0)
            return RecordUpdate(before, after)
        except WrongLastSequence:
            RACES_LOST.labels("director").inc()
    raise Transient(Message("director {key}: lost {count} races for the record", key=key, count=_MAX_ATTEMPTS))
