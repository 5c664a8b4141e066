"""Reads of current films, with the statistics of their directors as they are now."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cinestream.bus.jetstream import Bus, StoredMessage
from cinestream.bus.topology import MOVIES
from cinestream.contracts import subjects
from cinestream_stream_api.catalogue.director_totals import DirectorStatistics, DirectorTotals, with_totals
from cinestream_stream_api.catalogue.scan import Scan
from cinestream_stream_api.events.event import Event, NotAFilm
from cinestream_stream_api.log.history import stored_event


class CurrentFilms(NamedTuple):
    """Films as JSON, and the statistics of their directors by key (`directors.key_of`)."""

    films: list[bytes]
    totals: Mapping[str, DirectorStatistics]


class FilmReader:
    """Reads of current films from NATS. All methods raise `Transient` if it does not answer."""

    def __init__(self, bus: Bus, scan: Scan) -> None:
        self._bus = bus
        self._totals = DirectorTotals(bus, scan)

    async def read(self, epoch: str, ids: Sequence[str]) -> CurrentFilms:
        """Read these films in one request, in the order of `ids`. Films that are gone meanwhile are left out."""
        if not ids:
            return CurrentFilms([], {})
        lasts = await self._bus.last_messages(MOVIES, [subjects.movie(id) for id in ids])
        events = {stored.subject: event for stored in lasts if (event := film_or_removal(epoch, stored))}
        found = [event for id in ids if (event := events.get(subjects.movie(id))) and event.facets]
        totals = await self._totals.of(event.facets for event in found if event.facets)
        return CurrentFilms([with_totals(event, totals) for event in found], totals)

    async def last(self, epoch: str, id: str) -> Event | None:
        """Read the last event of a film, which may be its removal."""
        stored = await self._bus.last_message(MOVIES, subjects.movie(id))
        return film_or_removal(epoch, stored) if stored else None

    async def versions(self, id: str, last: Event, sequences: Sequence[int], limit: int) -> list[Event]:
        """Read the newest versions of a film, newest first. Those that history loses meanwhile are left out.

        Args:
            id: the film.
            last: its last version, which the index may not have yet.
            sequences: the sequences of the newest versions that the index has.
            limit: the maximum number of versions.
        """
        events = {last.sequence: last}
        start = min(sequences, default=last.sequence)
        while start < last.sequence:
            stored = await self._bus.read(MOVIES, start=start, limit=len(sequences), subject=subjects.movie(id))
            found = (film_or_removal(last.position.epoch, message) for message in stored)
            events |= {event.sequence: event for event in found if event and event.facets}
            start = stored[-1].sequence + 1 if stored else last.sequence
        return [events[sequence] for sequence in sorted(events, reverse=True) if sequence <= last.sequence][:limit]

    async def as_json(self, film: Event) -> bytes:
        """Return a current film as JSON."""
        return with_totals(film, await self._totals.of([film.facets] if film.facets else []))


def film_or_removal(epoch: str, stored: StoredMessage) -> Event | None:
    """Return the event of a message, or None if it is neither a film nor a removal."""
    try:
        return stored_event(epoch, stored)
    except NotAFilm:
        return None
