"""The entries of a list in the order of its rows, in a scratch file instead of memory."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path

import orjson

from cinestream_trakt_export.library.date_range import Seconds
from cinestream_trakt_export.library.films import Entry, entry_of, name_of
from cinestream_trakt_export.library.scratch import Scratch
from cinestream_trakt_export.library.values import Rating, Row, Skipped

_TABLES = """
CREATE TABLE entry (number INTEGER PRIMARY KEY, tmdb INTEGER, name TEXT, trakt INTEGER, imdb TEXT, title TEXT,
                    year TEXT, at INTEGER, plays INTEGER, rating INTEGER, notes TEXT);
CREATE TABLE expected (trakt INTEGER PRIMARY KEY, plays INTEGER);
CREATE TABLE told (trakt INTEGER, at INTEGER);
CREATE TABLE hidden (number INTEGER PRIMARY KEY);
CREATE TABLE fact (number INTEGER PRIMARY KEY, texts TEXT);
CREATE TABLE skipped (number INTEGER PRIMARY KEY, title TEXT, reason TEXT);
"""
# Numbers are stored negated: lists come newest first, and a table is filled quickest, and fullest, at its end.
_ADD = "INSERT OR IGNORE INTO entry VALUES "
_ROW = f"(-?{', ?' * (len(Entry._fields) - 1)})"
_TOGETHER = 50  # rows of one statement: it costs a third less than one for each
_ADD_TOGETHER = _ADD + ", ".join([_ROW] * _TOGETHER)
_ENTRIES = f"SELECT -number AS number, {', '.join(Entry._fields[1:])} FROM entry %s"  # noqa: S608
_TOLD = """
UNION ALL SELECT film.number, tmdb, name, film.trakt, imdb, title, year, told.at, 1, NULL, '' FROM told JOIN
(SELECT -max(number) AS number, tmdb, name, trakt, imdb, title, year FROM entry %s GROUP BY trakt) AS film
ON film.trakt = told.trakt
"""
_IN_ORDER = " ORDER BY tmdb, name, at, number"
_WANTED = "WHERE -number NOT IN hidden"
_RATINGS = "SELECT tmdb, name, rating, at FROM entry WHERE rating IS NOT NULL ORDER BY tmdb, name, at DESC, number DESC"
Key = tuple[int, str]  # TMDB id and name of an entry: films sort by it


class Store(Scratch):
    """The entries of one list, each once. The file lives as long as this object."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, _TABLES)

    def add(self, entries: Sequence[Entry]) -> None:
        """Add entries; one whose number is already there is the same one, met again on the next page."""
        whole = len(entries) // _TOGETHER * _TOGETHER
        for start in range(0, whole, _TOGETHER):
            rows = entries[start : start + _TOGETHER]
            self.db.execute(_ADD_TOGETHER, [*chain.from_iterable(rows)])
        self.db.executemany(_ADD + _ROW, map(tuple, entries[whole:]))  # which SQLite binds faster than named ones

    def skip(self, number: int, title: str, reason: str) -> None:
        """Remember what is left out, and why."""
        self.db.execute("INSERT OR IGNORE INTO skipped VALUES (?, ?, ?)", (number, title, reason))

    def hide(self, numbers: Iterable[int]) -> None:
        """Leave these entries out of the films: they are there, but not wanted."""
        self.db.executemany("INSERT OR IGNORE INTO hidden VALUES (?)", ((number,) for number in numbers))

    def note(self, facts: Iterable[tuple[int, Row]]) -> None:
        """Remember what is said of these entries (by number) beside what all have."""
        rows = ((number, orjson.dumps(texts)) for number, texts in facts)
        self.db.executemany("INSERT OR IGNORE INTO fact VALUES (?, ?)", rows)

    def facts(self, number: int) -> Row:
        """What was noted of an entry; empty for nothing."""
        found = self.db.execute("SELECT texts FROM fact WHERE number = ?", (number,)).fetchone()
        return tuple(orjson.loads(found[0])) if found else ()

    def expect(self, plays: Iterable[tuple[int, int]]) -> None:
        """Remember how often each film (its id at Trakt) was watched, as Trakt counts."""
        self.db.executemany("INSERT OR REPLACE INTO expected VALUES (?, ?)", plays)

    def tell(self, times: Iterable[tuple[int, int | None]]) -> None:
        """Remember when films (by id at Trakt) were watched: those that have an entry were so then, too."""
        self.db.executemany("INSERT INTO told VALUES (?, ?)", times)

    def clear(self) -> None:
        """Forget everything."""
        for table in ("entry", "expected", "told", "hidden", "fact", "skipped"):
            self.db.execute(f"DELETE FROM {table}")  # noqa: S608

    def count(self) -> int:
        """How many items the list has, the skipped ones included."""
        return self._number("SELECT (SELECT count(*) FROM entry) + (SELECT count(*) FROM skipped)")

    def skipped(self) -> Iterator[Skipped]:
        """What was left out."""
        for number, title, reason in self.db.execute("SELECT * FROM skipped ORDER BY number"):
            yield name_of(number), title, reason

    def missing(self, *, each_time: bool, within: Seconds | None = None) -> int:
        """How many of the expected films (or, with `each_time`, plays `within` a time) are not there, nor skipped."""
        some = "" if within is None else f"WHERE coalesce(at, 0) >= {within[0]} AND coalesce(at, 0) < {within[1]}"
        want = "plays" if each_time else "1"
        lacking = self._number(
            "SELECT coalesce(sum(max(0, want - have)), 0) FROM (SELECT sum(want) AS want, sum(have) AS have FROM "  # noqa: S608
            f"(SELECT trakt, {want} AS want, 0 AS have FROM expected UNION ALL SELECT trakt, 0, 1 FROM entry {some}) "
            "GROUP BY trakt)"
        )
        return max(0, lacking - self._number("SELECT count(*) FROM skipped"))

    def trakt_ids(self) -> Iterator[int]:
        """The films by their ids at Trakt, where they are known."""
        for (trakt,) in self.db.execute("SELECT DISTINCT trakt FROM entry WHERE trakt IS NOT NULL"):
            yield trakt

    def films(self) -> Iterator[tuple[Key, list[Entry]]]:
        """The entries of each film, oldest first and those at unknown times before; films by key."""
        wanted = _WANTED if self._number("SELECT count(*) FROM hidden") else ""
        told = _TOLD % wanted if self._number("SELECT count(*) FROM told") else ""
        for key, of_film in groupby(self.db.execute(_ENTRIES % wanted + told + _IN_ORDER), key=itemgetter(1, 2)):
            yield key, [*map(entry_of, of_film)]

    def imdb_ids(self) -> Iterator[str]:
        """The IMDb ids of the films that have one, each once."""
        for (id,) in self.db.execute(
            "SELECT DISTINCT imdb FROM entry WHERE imdb != '' AND -number NOT IN hidden ORDER BY imdb"
        ):
            yield id

    def ratings(self) -> Iterator[tuple[Key, Rating]]:
        """The latest rating of each film that has one; films by key."""
        for key, of_film in groupby(self.db.execute(_RATINGS), key=itemgetter(0, 1)):
            _, _, value, at = next(of_film)
            yield key, Rating(value, at)

    def _number(self, query: str) -> int:
        return int(self.db.execute(query).fetchone()[0])
