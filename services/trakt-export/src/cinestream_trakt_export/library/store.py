"""Scratch files that hold the items of lists, sorted for the rows of an export.

A library may have a million plays, so its items are sorted by SQLite and not in memory.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

import orjson

from cinestream_flow.message import Message
from cinestream_trakt_export.library.date_range import TimeSpan
from cinestream_trakt_export.library.films import Entry, entry_of, name_of
from cinestream_trakt_export.library.series import SeriesEntry
from cinestream_trakt_export.library.values import Rating, Row, Skipped
from cinestream_trakt_export.trakt.endpoints import COLLECTED_SHOWS, HISTORY_EPISODES, WATCHED_SHOWS

_PRAGMAS = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -512;
"""
_FILM_TABLES = """
CREATE TABLE entry (number INTEGER PRIMARY KEY, tmdb INTEGER, name TEXT, trakt INTEGER, imdb TEXT, title TEXT,
                    year TEXT, at INTEGER, plays INTEGER, rating INTEGER, notes TEXT);
CREATE TABLE expected (trakt INTEGER PRIMARY KEY, plays INTEGER);
CREATE TABLE play_time (trakt INTEGER, at INTEGER);
CREATE TABLE hidden (number INTEGER PRIMARY KEY);
CREATE TABLE fact (number INTEGER PRIMARY KEY, texts TEXT);
CREATE TABLE skipped (number INTEGER PRIMARY KEY, title TEXT, reason TEXT);
"""
# Numbers are stored negated. Lists come newest first, so the table then grows at its end, which is the fastest way.
_ADD = "INSERT OR IGNORE INTO entry VALUES "
_ROW = f"(-?{', ?' * (len(Entry._fields) - 1)})"
_BATCH = 50  # rows of one statement: a third less time than with one row for each
_ADD_BATCH = _ADD + ", ".join([_ROW] * _BATCH)
_ENTRIES = f"SELECT -number AS number, {', '.join(Entry._fields[1:])} FROM entry %s"  # noqa: S608
_OTHER_PLAYS = """
UNION ALL SELECT film.number, tmdb, name, film.trakt, imdb, title, year, play_time.at, 1, NULL, '' FROM play_time JOIN
(SELECT -max(number) AS number, tmdb, name, trakt, imdb, title, year FROM entry %s GROUP BY trakt) AS film
ON film.trakt = play_time.trakt
"""
_IN_ORDER = " ORDER BY tmdb, name, at, number"
_VISIBLE = "WHERE -number NOT IN hidden"
_RATINGS = "SELECT tmdb, name, rating, at FROM entry WHERE rating IS NOT NULL ORDER BY tmdb, name, at DESC, number DESC"
FilmKey = tuple[int, str]
"""The TMDB id and the name of an entry. Films are sorted by it."""

# No column has a name that Letterboxd recognises. Letterboxd would otherwise import the series as films.
SERIES_COLUMNS: Row = (
    "Series", "SeriesYear", "SeriesTMDB", "SeriesIMDb", "SeriesTVDB", "Season", "Episode", "EpisodeTitle",
    "Plays", "Watched", "Collected", "Rated",
)  # fmt: skip
SeriesItem = tuple[str, Sequence[SeriesEntry]]
"""The id of an item in its list, and the entries that it holds."""
_SERIES_TABLES = """
CREATE TABLE item (list TEXT, id TEXT, PRIMARY KEY (list, id)) WITHOUT ROWID;
CREATE TABLE entry (list TEXT, id TEXT, tmdb TEXT, imdb TEXT, tvdb TEXT, title TEXT, year TEXT, season INTEGER,
                    number INTEGER, name TEXT, at INTEGER, plays INTEGER, rating INTEGER, facts TEXT,
                    PRIMARY KEY (list, id));
CREATE TABLE skipped (list TEXT, id TEXT, title TEXT, reason TEXT, PRIMARY KEY (list, id)) WITHOUT ROWID;
"""
_EPISODE = "tmdb, imdb, tvdb, title, year, season, number"
_EPISODES = f"""
SELECT title, year, tmdb, imdb, tvdb, season, number, max(name), sum(plays),
       max(CASE WHEN list IN ('{WATCHED_SHOWS}', '{HISTORY_EPISODES}') THEN at END),
       max(CASE WHEN list = '{COLLECTED_SHOWS}' THEN at END), max(rating), max(facts)
FROM entry GROUP BY {_EPISODE} %s ORDER BY title, {_EPISODE}, min(at), min(id)
"""  # noqa: S608 - names of our own
_EACH_VIEWING = f", CASE WHEN list = '{HISTORY_EPISODES}' THEN id END"


class ScratchFile:
    """A SQLite file of one process that is deleted when it is closed.

    A file that a killed process left behind is replaced. Nothing in the file survives a crash: an export reads its
    checkpoint again and fills a new file.
    """

    def __init__(self, path: Path, tables: str) -> None:
        self._path = path
        path.unlink(missing_ok=True)
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.executescript(_PRAGMAS + tables)
        # The transaction is never committed: no other process reads the file, and commits would cost time.
        self.db.execute("BEGIN")

    def _number(self, query: str, *values: str) -> int:
        return int(self.db.execute(query, values).fetchone()[0])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.db.close()
        self._path.unlink(missing_ok=True)


class FilmStore(ScratchFile):
    """The entries of one list of films, each stored once."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, _FILM_TABLES)

    def add(self, entries: Sequence[Entry]) -> None:
        """Store entries. An entry whose number is already stored is ignored.

        The same entry comes twice when the list moved between the requests for two pages.
        """
        whole = len(entries) // _BATCH * _BATCH
        for start in range(0, whole, _BATCH):
            rows = entries[start : start + _BATCH]
            self.db.execute(_ADD_BATCH, [*chain.from_iterable(rows)])
        self.db.executemany(_ADD + _ROW, map(tuple, entries[whole:]))  # SQLite binds tuples faster than named tuples

    def skip(self, number: int, title: str, reason: Message) -> None:
        """Record an item that is left out."""
        self.db.execute("INSERT OR IGNORE INTO skipped VALUES (?, ?, ?)", (number, title, reason.dumps()))

    def hide(self, numbers: Iterable[int]) -> None:
        """Leave entries out of the rows. They still count when the list is checked for completeness."""
        self.db.executemany("INSERT OR IGNORE INTO hidden VALUES (?)", ((number,) for number in numbers))

    def add_facts(self, facts: Iterable[tuple[int, Row]]) -> None:
        """Store the texts of the additional columns, by the number of an entry."""
        rows = ((number, orjson.dumps(texts)) for number, texts in facts)
        self.db.executemany("INSERT OR IGNORE INTO fact VALUES (?, ?)", rows)

    def facts(self, number: int) -> Row:
        """Return the texts of the additional columns of an entry. The row is empty if none are stored."""
        found = self.db.execute("SELECT texts FROM fact WHERE number = ?", (number,)).fetchone()
        return tuple(orjson.loads(found[0])) if found else ()

    def expect(self, plays: Iterable[tuple[int, int]]) -> None:
        """Store how often each film was watched according to Trakt, by the film's Trakt id."""
        self.db.executemany("INSERT OR REPLACE INTO expected VALUES (?, ?)", plays)

    def add_play_times(self, times: Iterable[tuple[int, int | None]]) -> None:
        """Store plays of which only the time is known, by the film's Trakt id.

        They become entries of the films that have an entry of their own, so that a rewatch is recognised.
        """
        self.db.executemany("INSERT INTO play_time VALUES (?, ?)", times)

    def clear(self) -> None:
        """Delete everything that is stored."""
        for table in ("entry", "expected", "play_time", "hidden", "fact", "skipped"):
            self.db.execute(f"DELETE FROM {table}")  # noqa: S608

    def count(self) -> int:
        """Return the number of items of the list, skipped items included."""
        return self._number("SELECT (SELECT count(*) FROM entry) + (SELECT count(*) FROM skipped)")

    def skipped(self) -> Iterator[Skipped]:
        """Yield the items that were left out."""
        for number, title, reason in self.db.execute("SELECT * FROM skipped ORDER BY number"):
            yield name_of(number), title, Message.loads(reason)

    def missing(self, *, each_time: bool, within: TimeSpan | None = None) -> int:
        """Return how many of the expected films, or of the expected plays, have no entry.

        Args:
            each_time: count plays. Otherwise films are counted.
            within: count only entries in this span of seconds since 1970.

        A skipped item may be one of them, so the number of skipped items is subtracted.
        """
        some = "" if within is None else f"WHERE coalesce(at, 0) >= {within[0]} AND coalesce(at, 0) < {within[1]}"
        want = "plays" if each_time else "1"
        lacking = self._number(
            "SELECT coalesce(sum(max(0, want - have)), 0) FROM (SELECT sum(want) AS want, sum(have) AS have FROM "  # noqa: S608
            f"(SELECT trakt, {want} AS want, 0 AS have FROM expected UNION ALL SELECT trakt, 0, 1 FROM entry {some}) "
            "GROUP BY trakt)"
        )
        return max(0, lacking - self._number("SELECT count(*) FROM skipped"))

    def films(self) -> Iterator[tuple[FilmKey, list[Entry]]]:
        """Yield the entries of each film, sorted by the key of the film.

        Within a film the oldest entry comes first, and entries at an unknown time come before it.
        """
        visible = _VISIBLE if self._number("SELECT count(*) FROM hidden") else ""
        others = _OTHER_PLAYS % visible if self._number("SELECT count(*) FROM play_time") else ""
        for key, of_film in groupby(self.db.execute(_ENTRIES % visible + others + _IN_ORDER), key=itemgetter(1, 2)):
            yield key, [*map(entry_of, of_film)]

    def imdb_ids(self) -> Iterator[str]:
        """Yield the IMDb ids of the films that have one, each once."""
        for (id,) in self.db.execute(
            "SELECT DISTINCT imdb FROM entry WHERE imdb != '' AND -number NOT IN hidden ORDER BY imdb"
        ):
            yield id

    def ratings(self) -> Iterator[tuple[FilmKey, Rating]]:
        """Yield the latest rating of each film that has one, sorted by the key of the film."""
        for key, of_film in groupby(self.db.execute(_RATINGS), key=itemgetter(0, 1)):
            _, _, value, at = next(of_film)
            yield key, Rating(value, at)


class SeriesStore(ScratchFile):
    """The entries of several lists of series and episodes, each stored once. A list is named by its path."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, _SERIES_TABLES)

    def add(self, path: str, items: Sequence[SeriesItem]) -> None:
        """Store items of a list. An item whose id is already stored for this list is ignored."""
        for id, entries in items:
            new = self.db.execute("INSERT OR IGNORE INTO item VALUES (?, ?)", (path, id)).rowcount
            rows = [
                (path, e.id, *e.series, e.season, e.number, e.title, _seconds(e.at), e.plays, e.rating, _json(e.facts))
                for e in entries
            ]
            if new:
                self.db.executemany(f"INSERT OR IGNORE INTO entry VALUES ({', '.join('?' * 14)})", rows)  # noqa: S608

    def skip(self, path: str, skipped: Skipped) -> None:
        """Record an item that is left out."""
        id, title, reason = skipped
        self.db.execute("INSERT OR IGNORE INTO skipped VALUES (?, ?, ?, ?)", (path, id, title, reason.dumps()))

    def clear(self, path: str) -> None:
        """Delete everything that is stored of a list."""
        for table in ("item", "entry", "skipped"):
            self.db.execute(f"DELETE FROM {table} WHERE list = ?", (path,))  # noqa: S608

    def count(self, path: str) -> int:
        """Return the number of items of a list, skipped items included."""
        query = "SELECT (SELECT count(*) FROM item WHERE list = ?) + (SELECT count(*) FROM skipped WHERE list = ?)"
        return self._number(query, path, path)

    def skipped(self) -> Iterator[Skipped]:
        """Yield the items that were left out, of all lists."""
        for id, title, reason in self.db.execute("SELECT id, title, reason FROM skipped ORDER BY list, id"):
            yield id, title, Message.loads(reason)

    def rows(self, zone: ZoneInfo, *, each_time: bool) -> Iterator[Row]:
        """Yield a row for each episode, season or series that has an entry.

        Args:
            zone: the time zone of the viewer, for the dates.
            each_time: yield a row for each viewing of an episode instead.

        A row has the fields of `SERIES_COLUMNS`, then the texts of the additional columns if there are any.
        """
        found = self.db.execute(_EPISODES % (_EACH_VIEWING if each_time else ""))
        for *episode, plays, watched, collected, rating, facts in found:
            texts = ("" if value is None else str(value) for value in episode)
            days = _day(watched, zone), _day(collected, zone)
            yield *texts, str(plays or ""), *days, str(rating or ""), *(orjson.loads(facts) if facts else ())


def _json(facts: Row) -> str | None:
    return orjson.dumps(facts).decode() if any(facts) else None


def _seconds(at: datetime | None) -> int | None:
    return None if at is None else int(at.timestamp())


def _day(at: int | None, zone: ZoneInfo) -> str:
    return "" if at is None else datetime.fromtimestamp(at, zone).date().isoformat()
