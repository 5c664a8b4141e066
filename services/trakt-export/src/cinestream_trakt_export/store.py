"""The entries of an export in the order of its rows, in a scratch file instead of memory."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sized
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Any

from cinestream_trakt_export.importfile import Skipped
from cinestream_trakt_export.letterboxd import Rating
from cinestream_trakt_export.library import Entry, Film

_TABLES = """
CREATE TABLE film (number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);
CREATE TABLE entry (list TEXT, id TEXT, film INTEGER, trakt INTEGER, tmdb TEXT, imdb TEXT, title TEXT, year TEXT,
                    at TEXT, plays INTEGER, rating INTEGER, notes TEXT, PRIMARY KEY (list, id)) WITHOUT ROWID;
CREATE INDEX entry_film ON entry (list, film);
CREATE TABLE skipped (list TEXT, id TEXT, title TEXT, reason TEXT, PRIMARY KEY (list, id)) WITHOUT ROWID;
"""


class Store:
    """Entries by list. Films are numbered in the order in which they came. The file lives as long as this object."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.unlink(missing_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {_TABLES}")

    def add(self, name: str, entries: Iterable[Entry]) -> None:
        """Add entries; one whose id is already there is the same one, met again on the next page."""
        entries = [*entries]
        self._db.execute("BEGIN")
        self._db.executemany("INSERT OR IGNORE INTO film (key) VALUES (?)", ((e.film.key,) for e in entries))
        self._db.executemany(
            "INSERT OR IGNORE INTO entry SELECT ?, ?, number, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM film WHERE key = ?",
            (
                (name, e.id, e.trakt, e.film.tmdb, e.film.imdb, e.film.title, e.film.year, _utc(e.at), e.plays,
                 e.rating, e.notes, e.film.key)
                for e in entries
            ),
        )  # fmt: skip
        self._db.execute("COMMIT")

    def skip(self, name: str, skipped: Skipped) -> None:
        """Remember what is left out, and why."""
        self._db.execute("INSERT OR IGNORE INTO skipped VALUES (?, ?, ?, ?)", (name, *skipped))

    def clear(self, name: str) -> None:
        """Forget a list."""
        for table in ("entry", "skipped"):
            self._db.execute(f"DELETE FROM {table} WHERE list = ?", (name,))  # noqa: S608

    def count(self, name: str) -> int:
        """How many items the list has, the skipped ones included."""
        return sum(
            int(self._db.execute(f"SELECT count(*) FROM {table} WHERE list = ?", (name,)).fetchone()[0])  # noqa: S608
            for table in ("entry", "skipped")
        )

    def skipped(self, name: str) -> Iterator[Skipped]:
        """What was left out of a list."""
        yield from self._db.execute("SELECT id, title, reason FROM skipped WHERE list = ? ORDER BY id", (name,))

    def missing(self, name: str, proof: Mapping[str, Any], *, each_time: bool) -> int:
        """How many films (or, with `each_time`, plays) of Trakt's own map the list does not have."""
        have: dict[str, int] = {}
        for trakt, plays in self._db.execute(
            "SELECT trakt, count(*) FROM entry WHERE list = ? AND trakt IS NOT NULL GROUP BY trakt", (name,)
        ):
            have[str(trakt)] = plays
        wanted = (
            (trakt, len(times) if each_time and isinstance(times, Sized) else 1) for trakt, times in proof.items()
        )
        return sum(max(0, count - have.get(trakt, 0)) for trakt, count in wanted)

    def films(self, name: str) -> Iterator[list[Entry]]:
        """The entries of each film, oldest first and those at unknown times before; films in their order."""
        rows = self._db.execute(
            "SELECT film, id, trakt, tmdb, imdb, title, year, at, plays, rating, notes FROM entry WHERE list = ? "
            "ORDER BY film, at, id",
            (name,),
        )
        for _, group in groupby(rows, key=lambda row: row[0]):
            yield [
                Entry(id, trakt, Film(*film), datetime.fromisoformat(at) if at else None, plays, rating, notes)
                for _, id, trakt, *film, at, plays, rating, notes in group
            ]

    def rating(self, name: str, film: Film) -> Rating | None:
        """The latest rating of a film in the list of ratings; None when it has none."""
        row = self._db.execute(
            "SELECT rating, at FROM entry JOIN film ON film.number = entry.film "
            "WHERE list = ? AND key = ? AND rating IS NOT NULL ORDER BY at DESC, id LIMIT 1",
            (name, film.key),
        ).fetchone()
        return Rating(row[0], datetime.fromisoformat(row[1]) if row[1] else None) if row else None

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()
        self._path.unlink(missing_ok=True)


def _utc(at: datetime | None) -> str | None:
    """A time as text that sorts like the time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds") if at else None
