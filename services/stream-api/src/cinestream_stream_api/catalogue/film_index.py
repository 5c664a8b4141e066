"""The index of all current films: their places in the stream and the facets to filter them by. Pure."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cinestream_stream_api.catalogue.directors import Director, Directors
from cinestream_stream_api.catalogue.event_index import EventIndex
from cinestream_stream_api.catalogue.totals import FilmTotals
from cinestream_stream_api.events.event import Event
from cinestream_stream_api.events.filters import Facets
from cinestream_stream_api.events.position import Position


class IndexedFilm(NamedTuple):
    """The last version of a film: its sequence and its facets."""

    sequence: int
    facets: Facets


class FilmIndex:
    """The last version of each film, as of `position`.

    It holds only what films are found and sorted by. A film itself is read from JetStream.
    """

    def __init__(self, position: Position) -> None:
        self.position = position
        # In the order of the sequences, because a new version of a film is inserted at the end.
        self._films: dict[str, IndexedFilm] = {}
        self.events = EventIndex()
        self.by_director = Directors()
        self.totals = FilmTotals()

    def __len__(self) -> int:
        return len(self._films)

    def add(self, events: Iterable[Event], *, through: int) -> None:
        """Add the events after the position, and move the position to the sequence `through`.

        The caller ensures that there are no other events up to `through`. Events before the position are ignored.
        """
        for event in events:
            if event.sequence <= self.position.sequence:
                continue
            if event.facets is not None:
                film = self.events.add(event.sequence, event.stored_at, event.facets)
                self._remove(film.id)
                self._films[film.id] = IndexedFilm(event.sequence, film)
                self.by_director.add(film.id, film.credits)
                self.totals.add(film)
            elif (removed := event.removes) is not None:
                self._remove(removed)
                self.events.remove(removed)
        self.position = Position(self.position.epoch, max(through, self.position.sequence))

    def _remove(self, id: str) -> None:
        if known := self._films.pop(id, None):
            self.by_director.remove(id, known.facets.credits)
            self.totals.remove(known.facets)

    def directors(self, text: str) -> list[Director]:
        """Return the directors with this `nm` id or this name."""
        return self.by_director.find(text)

    def ratings(self, director: str) -> dict[str, float | None]:
        """Return the films of the director with this key, by id, with their ratings."""
        return {film: self._films[film].facets.rating for film in self.by_director.films(director)}

    def newest(self, ids: Iterable[str], limit: int) -> list[str]:
        """Return the ids of the `limit` newest versions among these films, newest first."""
        return sorted(ids, key=lambda film: self._films[film].sequence, reverse=True)[:limit]

    def newest_first(self) -> Iterator[Facets]:
        """Iterate over the facets of all films, the newest version first. A change invalidates the iterator."""
        return (film.facets for film in reversed(self._films.values()))

    def entries(self) -> list[IndexedFilm]:
        """Return all films, in the order of their last versions."""
        return list(self._films.values())

    def films(self) -> list[Facets]:
        """Return the facets of all films, in the order of their last versions."""
        return [film.facets for film in self._films.values()]
