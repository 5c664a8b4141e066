"""From the store to the files: the films with their ratings, row by row."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from cinestream.contracts.errors import Invalid
from cinestream_trakt_export.importfile import Parts
from cinestream_trakt_export.letterboxd import COLUMNS, IDENTITY, Rating, Row, rows_of_film
from cinestream_trakt_export.library import Entry
from cinestream_trakt_export.store import Key, Store
from cinestream_trakt_export.window import ALWAYS, Window

_IMDB = IDENTITY.index("imdbID")


@dataclass(frozen=True)
class Rows:
    """The rows of an export, made as they are asked for.

    Args:
        form: of the rows, a key of `letterboxd.COLUMNS`.
        zone: where the viewer lives.
        window: what happened on other days is left out.
        directors: by IMDb id; None for files without them.
    """

    form: str
    zone: ZoneInfo
    window: Window = ALWAYS
    directors: Mapping[str, str] | None = None

    def of(self, store: Store, ratings: Store | None) -> Iterator[tuple[Entry, Row]]:
        """Each row with the first entry of its film."""
        rated = with_rating(store.films(), ratings.ratings() if ratings else ())
        for entries, rating in rated:
            for row in rows_of_film(self.form, entries, rating, self.zone, window=self.window):
                yield entries[0], self._with_directors(row)

    def write(self, store: Store, ratings: Store | None, parts: Parts) -> list[Path]:
        """Write the rows and publish the parts; a row that fits into no file is skipped."""
        try:
            for entry, row in self.of(store, ratings):
                try:
                    parts.add(row)
                except Invalid as error:
                    store.skip(entry.number, entry.title, str(error))
            return parts.publish()
        except BaseException:
            parts.discard()
            raise

    @property
    def columns(self) -> Row:
        """The header."""
        return COLUMNS[self.form] if self.directors is None else (*COLUMNS[self.form], "Directors")

    def _with_directors(self, row: Row) -> Row:
        return row if self.directors is None else (*row, self.directors.get(row[_IMDB], ""))


def with_rating(
    films: Iterable[tuple[Key, Sequence[Entry]]], ratings: Iterable[tuple[Key, Rating]]
) -> Iterator[tuple[Sequence[Entry], Rating | None]]:
    """Each film with its rating; both come by key."""
    rest = iter(ratings)
    rated = next(rest, None)
    for key, entries in films:
        while rated and rated[0] < key:
            rated = next(rest, None)
        yield entries, rated[1] if rated and rated[0] == key else None
