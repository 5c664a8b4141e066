"""The data sets as tables on disk, which know how far they are: a process that was killed goes on where it was."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, islice
from pathlib import Path
from typing import NamedTuple

from cinestream.contracts import Invalid
from cinestream_etl.commands.data_sets import NULL, number, rows
from cinestream_etl.stages.title import is_film

Report = Callable[[str, int], None]
"""Told of each step by how many rows or directors it has come so far."""

_ROWS = 50_000
"""Rows of a file that are written, and remembered as written, at once."""
_TABLES = """
CREATE TABLE IF NOT EXISTS progress (step TEXT PRIMARY KEY, done INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS files (identity TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS films (id INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS ratings (id INTEGER PRIMARY KEY, rating REAL NOT NULL);
CREATE TABLE IF NOT EXISTS people (id INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS directs (person INTEGER, film INTEGER, PRIMARY KEY (person, film)) WITHOUT ROWID;
"""


class DataSets(NamedTuple):
    """Where the four files are."""

    basics: Path
    crew: Path
    ratings: Path
    names: Path


class Directed(NamedTuple):
    """A director and all films of theirs, each with its rating or None; ids as numbers."""

    person: int
    films: dict[int, float | None]


class Tables:
    """The tables in a file of their own.

    Raises:
        Invalid: the file belongs to other data sets, or is none of ours.
    """

    def __init__(self, path: Path, files: DataSets) -> None:
        self.path, self._files = path, files
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)  # one at a time, never two
        identity = " ".join(f"{file.name}:{file.stat().st_size}:{file.stat().st_mtime_ns}" for file in files)
        try:
            self._db.executescript(f"PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; {_TABLES}")
            known = self._db.execute("SELECT identity FROM files").fetchone()
        except sqlite3.DatabaseError as error:
            raise Invalid(f"{path}: {error}; remove it, or name another --work-file") from error
        if known is None:
            self._db.execute("INSERT INTO files VALUES (?)", (identity,))
        elif known[0] != identity:
            raise Invalid(f"{path} was begun with other data sets; remove it to begin anew")

    def fill(self, report: Report) -> None:
        """Read what has not been read yet.

        Raises:
            Invalid: a file is not the data set that it should be.
        """
        files = self._files
        titles = rows(files.basics, ("tconst", "titleType"))
        self._load(
            "title.basics",
            ((id, kind) for id, kind in titles),
            "INSERT OR IGNORE INTO films VALUES (?)",
            lambda row: [(number(row[0]),)] if is_film(row[1]) else [],
            report,
        )
        self._load(
            "title.ratings",
            rows(files.ratings, ("tconst", "averageRating")),
            "INSERT OR IGNORE INTO ratings VALUES (?, ?)",
            lambda row: [(number(row[0]), _rating(row[1]))] if row[1] != NULL else [],
            report,
        )
        self._load(
            "name.basics",
            rows(files.names, ("nconst",)),
            "INSERT OR IGNORE INTO people VALUES (?)",
            lambda row: [(number(row[0]),)],
            report,
        )
        self._load(
            "title.crew",
            rows(files.crew, ("tconst", "directors")),
            "INSERT OR IGNORE INTO directs SELECT ?1, ?2 WHERE EXISTS (SELECT 1 FROM films WHERE id = ?2) "
            "AND EXISTS (SELECT 1 FROM people WHERE id = ?1)",
            lambda row: [(number(person), number(row[0])) for person in row[1].split(",") if person != NULL],
            report,
        )

    def _load(
        self,
        step: str,
        source: Iterable[tuple[str, ...]],
        insert: str,
        values: Callable[[tuple[str, ...]], list[tuple[int | float, ...]]],
        report: Report,
    ) -> None:
        done = self.done(step)
        if done < 0:
            return
        remaining = islice(source, done, None)
        while batch := list(islice(remaining, _ROWS)):
            done += len(batch)
            self._db.execute("BEGIN")
            self._db.executemany(insert, (row for found in batch for row in values(found)))
            self.mark(step, done)
            self._db.execute("COMMIT")
            report(step, done)
        self.mark(step, -1)

    def done(self, step: str) -> int:
        """How far a step is; -1: finished."""
        found = self._db.execute("SELECT done FROM progress WHERE step = ?", (step,)).fetchone()
        return int(found[0]) if found else 0

    def mark(self, step: str, done: int) -> None:
        """Remember how far a step is."""
        self._db.execute("INSERT OR REPLACE INTO progress VALUES (?, ?)", (step, done))

    def directors(self, *, after: int) -> Iterator[Directed]:
        """Every director with a number greater than `after`, in order."""
        found = self._db.execute(
            "SELECT person, film, rating FROM directs LEFT JOIN ratings ON id = film WHERE person > ? "
            "ORDER BY person, film",
            (after,),
        )
        for person, films in groupby(found, key=lambda row: int(row[0])):
            yield Directed(person, {film: rating for _, film, rating in films})

    def close(self, *, remove: bool = False) -> None:
        """Close the file; with `remove` nothing of it needs to be kept."""
        self._db.close()
        for end in ("", "-wal", "-shm") if remove else ():
            self.path.with_name(self.path.name + end).unlink(missing_ok=True)


def _rating(text: str) -> float:
    try:
        rating = float(text)
    except ValueError:
        rating = 0.0
    if not 1 <= rating <= 10:
        raise Invalid(f"expected a rating between 1 and 10, got {text[:40]!r}")
    return rating
