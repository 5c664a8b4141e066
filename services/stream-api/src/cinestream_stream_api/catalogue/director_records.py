"""The films that only a director's record has.

etl keeps a record per director. A record may have more films than the stream, because `load-directors` adds films of
IMDb's data sets.
"""

import time
from array import array
from collections import OrderedDict
from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from cinestream.bus.jetstream import Bus, StoredMessage
from cinestream.bus.topology import DIRECTOR_STATS
from cinestream.contracts import Invalid, Transient, subjects
from cinestream.contracts.director import director_key, ratings_of
from cinestream_flow.logger import get_logger
from cinestream_stream_api.events.filters import Credit

Ratings: TypeAlias = Mapping[str, float | None]
"""Films by title id, with their ratings."""

_MAX_BATCH = 200
"""Records in one read. NATS allows 1,024, but they may be large."""

_MAX_READ = 1000
_MAX_KEPT = 8192
_MAX_AGE = 10.0
_RETRY_PAUSE = 30.0

log = get_logger("stream")


class OtherFilms(NamedTuple):
    """The number of a record's films beside the known ones, and the ratings of those that are rated."""

    films: int
    ratings: "array[float]"


class _Kept(NamedTuple):
    """A result: the hash of the ids of the known films, the other films, and the monotonic time of the read."""

    beside: int
    others: OtherFilms
    read_at: float


class DirectorRecords:
    """Reads of directors' records.

    A result is kept for 10 seconds, unless it is requested beside other films. etl writes the record before the film,
    so a record that is read after a film is known has that film.
    """

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._kept: OrderedDict[Credit, _Kept] = OrderedDict()
        self._next_read = 0.0

    async def beside(self, known: Mapping[Credit, Ratings]) -> dict[Credit, OtherFilms]:
        """Return the films that the records of directors have beside the known ones.

        A director is left out if the record cannot be read, and after the first 1,000 directors that must be read.
        """
        kept = {credit: self._fresh(credit, ratings) for credit, ratings in known.items()}
        found = {credit: others for credit, others in kept.items() if others}
        missing = [credit for credit, others in kept.items() if not others][:_MAX_READ]
        if time.monotonic() < self._next_read:
            return found
        try:
            for start in range(0, len(missing), _MAX_BATCH):
                found |= await self._read({credit: known[credit] for credit in missing[start : start + _MAX_BATCH]})
        except Transient as error:
            log.warning("director_records.unavailable", reason=str(error), retry_seconds=_RETRY_PAUSE)
            self._next_read = time.monotonic() + _RETRY_PAUSE
        return found

    def _fresh(self, credit: Credit, known: Ratings) -> OtherFilms | None:
        kept = self._kept.get(credit)
        if kept is None or kept.beside != _hash(known) or time.monotonic() - kept.read_at > _MAX_AGE:
            return None
        self._kept.move_to_end(credit)
        return kept.others

    async def _read(self, known: Mapping[Credit, Ratings]) -> dict[Credit, OtherFilms]:
        keys = {credit: subjects.director(director_key(*credit)) for credit in known}
        stored = await self._bus.last_messages(DIRECTOR_STATS, sorted(set(keys.values())))
        records = {message.subject: _ratings(message) for message in stored}
        found = {}
        for credit, ratings in known.items():
            found[credit] = others = _others(records.get(keys[credit], {}), ratings)
            self._kept[credit] = _Kept(_hash(ratings), others, time.monotonic())
            if len(self._kept) > _MAX_KEPT:
                self._kept.popitem(last=False)
        return found


def _hash(known: Ratings) -> int:
    return hash(frozenset(known))


def _ratings(record: StoredMessage) -> Ratings:
    try:
        return ratings_of(record.envelope)
    except Invalid as error:
        log.warning("director_records.unreadable", subject=record.subject, reason=str(error))
        return {}


def _others(record: Ratings, known: Ratings) -> OtherFilms:
    others = [rating for film, rating in record.items() if film not in known]
    return OtherFilms(len(others), array("d", (rating for rating in others if rating is not None)))
