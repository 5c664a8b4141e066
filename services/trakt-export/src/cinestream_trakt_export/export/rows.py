"""From the store to the files: the films with their ratings, row by row."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from cinestream.contracts.errors import Invalid
from cinestream_trakt_export.letterboxd.columns import kept
from cinestream_trakt_export.letterboxd.csv_files import Parts
from cinestream_trakt_export.letterboxd.diary import COLUMNS, IDENTITY, rows_of_film
from cinestream_trakt_export.library.date_range import ALL_DAYS, DateRange
from cinestream_trakt_export.library.facts import Facts
from cinestream_trakt_export.library.films import Entry
from cinestream_trakt_export.library.store import Key, Store
from cinestream_trakt_export.library.values import Rating, Row
from cinestream_trakt_export.options import LETTERBOXD, Level

_IMDB = IDENTITY.index("imdbID")


@dataclass(frozen=True)
class Rows:
    """The rows of an export, made as they are asked for.

    Args:
        form: of the rows, a key of `letterboxd.COLUMNS`.
        zone: where the viewer lives.
        date_range: what happened on other days is left out.
        directors: by IMDb id; None for files without them.
        level: which of the usual columns stay.
        facts: the columns besides, whose texts the store has.
    """

    form: str
    zone: ZoneInfo
    date_range: DateRange = ALL_DAYS
    directors: Mapping[str, str] | None = None
    level: Level = LETTERBOXD
    facts: Facts | None = None

    def of(self, store: Store, ratings: Store | None) -> Iterator[tuple[Entry, Row]]:
        """Each row with the first entry of its film."""
        rated = with_rating(store.films(), ratings.ratings() if ratings else ())
        usual = self.columns == COLUMNS[self.form]
        for entries, rating in rated:
            rows = rows_of_film(self.form, entries, rating, self.zone, date_range=self.date_range)
            for row in rows if usual else self._other(rows, entries[0], store):
                yield entries[0], row

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
        directors = () if self.directors is None else ("Directors",)
        return (*self._kept, *directors, *(self.facts.columns if self.facts else ()))

    @property
    def _kept(self) -> Row:
        return kept(self.level, COLUMNS[self.form], about="Rating10" if self.form == "ratings" else "")

    def _other(self, rows: Iterable[Row], entry: Entry, store: Store) -> Iterator[Row]:
        """The rows of a film, whose first entry this is, with other columns than the usual ones."""
        places = [COLUMNS[self.form].index(name) for name in self._kept]
        facts = (store.facts(entry.number) or ("",) * len(self.facts.columns)) if self.facts else ()
        for row in rows:
            directors = () if self.directors is None else (self.directors.get(row[_IMDB], ""),)
            yield (*(row[place] for place in places), *directors, *facts)


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
