"""The rows of an export of films, made from its store."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from cinestream_trakt_export.letterboxd.columns import columns_at
from cinestream_trakt_export.letterboxd.diary import COLUMNS, IDENTITY, rows_of_film
from cinestream_trakt_export.library.date_range import ALL_DAYS, DateRange
from cinestream_trakt_export.library.facts import Facts
from cinestream_trakt_export.library.films import Entry
from cinestream_trakt_export.library.store import FilmKey, FilmStore
from cinestream_trakt_export.library.values import Rating, Row
from cinestream_trakt_export.options import LETTERBOXD, Level

_IMDB = IDENTITY.index("imdbID")


@dataclass(frozen=True)
class FilmRows:
    """The rows of an export of films. They are made one by one, so that a large library needs little memory.

    Args:
        form: the form of the rows, a key of `letterboxd.diary.COLUMNS`.
        zone: the time zone of the viewer.
        date_range: rows of other days are left out.
        directors: the directors of films by IMDb id. None leaves the column out.
        level: the usual columns that stay.
        facts: the additional columns, whose texts are in the store.
    """

    form: str
    zone: ZoneInfo
    date_range: DateRange = ALL_DAYS
    directors: Mapping[str, str] | None = None
    level: Level = LETTERBOXD
    facts: Facts | None = None

    def of(self, store: FilmStore, ratings: FilmStore | None) -> Iterator[tuple[Entry, Row]]:
        """Yield each row with the first entry of its film."""
        usual = self.columns == COLUMNS[self.form]
        for entries, rating in with_rating(store.films(), ratings.ratings() if ratings else ()):
            rows = rows_of_film(self.form, entries, rating, self.zone, date_range=self.date_range)
            for row in rows if usual else self._other_columns(rows, entries[0], store):
                yield entries[0], row

    @property
    def columns(self) -> Row:
        """The header of the files."""
        directors = () if self.directors is None else ("Directors",)
        return (*self._usual, *directors, *(self.facts.columns if self.facts else ()))

    @property
    def _usual(self) -> Row:
        return columns_at(self.level, COLUMNS[self.form], subject="Rating10" if self.form == "ratings" else "")

    def _other_columns(self, rows: Iterable[Row], entry: Entry, store: FilmStore) -> Iterator[Row]:
        """Yield the rows of a film with fewer or more columns than the usual ones. `entry` is the film's first one."""
        fields = [COLUMNS[self.form].index(name) for name in self._usual]
        facts = (store.facts(entry.number) or ("",) * len(self.facts.columns)) if self.facts else ()
        for row in rows:
            directors = () if self.directors is None else (self.directors.get(row[_IMDB], ""),)
            yield (*(row[field] for field in fields), *directors, *facts)


def with_rating(
    films: Iterable[tuple[FilmKey, Sequence[Entry]]], ratings: Iterable[tuple[FilmKey, Rating]]
) -> Iterator[tuple[Sequence[Entry], Rating | None]]:
    """Yield the entries of each film with its rating. Both iterables must be sorted by the key of the film."""
    rest = iter(ratings)
    rated = next(rest, None)
    for key, entries in films:
        while rated and rated[0] < key:
            rated = next(rest, None)
        yield entries, rated[1] if rated and rated[0] == key else None
