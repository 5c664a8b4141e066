"""The data sets as tables in a SQLite file, with the progress of each step.

A run that was killed continues from the saved progress.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import NamedTuple

from cinestream.contracts import Invalid
from cinestream_etl.commands.data_sets import NULL, number, rows
from cinestream_etl.stages.title import is_film
from cinestream_flow.message import Message

Report = Callable[[str, int], None]
"""A function that is called with the name of a step and its progress.

The progress is a number of rows, or in the last step the number in the id of a director.
"""

_BATCH_ROWS = 50_000
"""Rows of a file that are written in one transaction together with the progress."""
_FINISHED = -1
_TABLES = """
CREATE TABLE IF NOT EXISTS progress (step TEXT PRIMARY KEY, done INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS files (identity TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS films (id INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS ratings (id INTEGER PRIMARY KEY, rating REAL NOT NULL);
CREATE TABLE IF NOT EXISTS people (id INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS directs (person INTEGER, film INTEGER, PRIMARY KEY (person, film)) WITHOUT ROWID;
"""


class DataSets(NamedTuple):
    """The paths of the four files."""

    basics: Path
    crew: Path
    ratings: Path
    names: Path


class DirectedFilms(NamedTuple):
    """A director with all their films and the rating of each film or None. Ids are numbers."""

    person: int
    films: dict[int, float | None]


@dataclass(frozen=True)
class _Step:
    """The step that loads one file into one table. `values` returns the rows of the table for a row of the file."""

    name: str
    rows: Iterable[tuple[str, ...]]
    insert: str
    values: Callable[[tuple[str, ...]], list[tuple[int | float, ...]]]


class DirectorTables:
    """The tables in the work file.

    Raises:
        Invalid: the work file belongs to other data sets, or the file is not a work file.
    """

    def __init__(self, path: Path, files: DataSets) -> None:
        self.path, self._files = path, files
        # `fill` runs in a worker thread and the rest in the event loop, but never both at the same time.
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        identity = " ".join(f"{file.name}:{file.stat().st_size}:{file.stat().st_mtime_ns}" for file in files)
        try:
            self._db.executescript(f"PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; {_TABLES}")
            known = self._db.execute("SELECT identity FROM files").fetchone()
        except sqlite3.DatabaseError as error:
            raise Invalid(
                Message("{path}: {error}; remove it, or name another --work-file", path=path, error=error)
            ) from error
        if known is None:
            self._db.execute("INSERT INTO files VALUES (?)", (identity,))
        elif known[0] != identity:
            raise Invalid(Message("{path} was begun with other data sets; remove it to start again", path=path))

    def fill(self, report: Report) -> None:
        """Load the rows that are not loaded yet.

        Raises:
            Invalid: a file is not the expected data set.
        """
        for step in _steps(self._files):
            self._load(step, report)

    def _load(self, step: _Step, report: Report) -> None:
        done = self.done(step.name)
        if done == _FINISHED:
            return
        remaining = islice(step.rows, done, None)
        while batch := list(islice(remaining, _BATCH_ROWS)):
            done += len(batch)
            self._db.execute("BEGIN")
            self._db.executemany(step.insert, (values for row in batch for values in step.values(row)))
            self.mark(step.name, done)
            self._db.execute("COMMIT")
            report(step.name, done)
        self.mark(step.name, _FINISHED)

    def done(self, step: str) -> int:
        """Return the progress of a step, or -1 if it is finished."""
        found = self._db.execute("SELECT done FROM progress WHERE step = ?", (step,)).fetchone()
        return int(found[0]) if found else 0

    def mark(self, step: str, done: int) -> None:
        """Save the progress of a step."""
        self._db.execute("INSERT OR REPLACE INTO progress VALUES (?, ?)", (step, done))

    def directors(self, *, after: int) -> Iterator[DirectedFilms]:
        """Yield every director with a number greater than `after`, in order."""
        found = self._db.execute(
            "SELECT person, film, rating FROM directs LEFT JOIN ratings ON id = film WHERE person > ? "
            "ORDER BY person, film",
            (after,),
        )
        for person, films in groupby(found, key=lambda row: int(row[0])):
            yield DirectedFilms(person, {film: rating for _, film, rating in films})

    def close(self, *, remove: bool = False) -> None:
        """Close the file, and remove it on request."""
        self._db.close()
        for end in ("", "-wal", "-shm") if remove else ():
            self.path.with_name(self.path.name + end).unlink(missing_ok=True)


def _steps(files: DataSets) -> tuple[_Step, ...]:
    # Crew comes last: it keeps only films and people that the other files know.
    return (
        _Step(
            "title.basics",
            rows(files.basics, ("tconst", "titleType")),
            "INSERT OR IGNORE INTO films VALUES (?)",
            lambda row: [(number(row[0]),)] if is_film(row[1]) else [],
        ),
        _Step(
            "title.ratings",
            rows(files.ratings, ("tconst", "averageRating")),
            "INSERT OR IGNORE INTO ratings VALUES (?, ?)",
            lambda row: [(number(row[0]), _rating(row[1]))] if row[1] != NULL else [],
        ),
        _Step(
            "name.basics",
            rows(files.names, ("nconst",)),
            "INSERT OR IGNORE INTO people VALUES (?)",
            lambda row: [(number(row[0]),)],
        ),
        _Step(
            "title.crew",
            rows(files.crew, ("tconst", "directors")),
            "INSERT OR IGNORE INTO directs SELECT ?1, ?2 WHERE EXISTS (SELECT 1 FROM films WHERE id = ?2) "
            "AND EXISTS (SELECT 1 FROM people WHERE id = ?1)",
            lambda row: [(number(person), number(row[0])) for person in row[1].split(",") if person != NULL],
        ),
    )


def _rating(text: str) -> float:
    try:
        rating = float(text)
    except ValueError:
        rating = 0.0
    if not 1 <= rating <= 10:
        raise Invalid(Message("expected a rating between 1 and 10, got {text!r}", text=text[:40]))
    return rating
