"""Kept answers in a SQLite file, which survives the program, and which several may use at once."""

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from cinestream_flow.cache.bounds import Bounds

VERSION = 1
_TABLES = f"""
PRAGMA user_version = {VERSION};
CREATE TABLE IF NOT EXISTS answer (key TEXT PRIMARY KEY, at REAL NOT NULL, used INTEGER NOT NULL, size INTEGER NOT NULL,
                                   answer BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS answer_used ON answer (used, size);
CREATE INDEX IF NOT EXISTS answer_at ON answer (at);
"""


class SqliteStore:
    """As many answers as the bounds allow.

    A cache may be lost at any time: a file that cannot be read is begun anew, and
    answers of the last moments before a power cut may be missing. Readable by its owner alone.
    """

    def __init__(self, path: Path, bounds: Bounds, *, clock: Callable[[], float] = time.time) -> None:
        self.evicted = 0
        self.path = path
        self._used: dict[str, None] = {}  # since it was last written down, in order
        self._bounds, self._clock = bounds, clock
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            self._db = self._opened()
        except sqlite3.DatabaseError:
            for name in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
                name.unlink(missing_ok=True)
            self._db = self._opened()

    def _opened(self) -> sqlite3.Connection:
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        db = sqlite3.connect(self.path, timeout=5, isolation_level=None)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            if db.execute("PRAGMA user_version").fetchone()[0] not in (0, VERSION):
                raise sqlite3.DatabaseError("of another version")
            db.executescript(_TABLES)
        except sqlite3.DatabaseError:
            db.close()
            raise
        return db

    def get(self, key: str) -> tuple[float, bytes] | None:
        """An answer, which thereby becomes the most recently used one."""
        row = self._db.execute("SELECT at, answer FROM answer WHERE key = ?", (key,)).fetchone()
        if row is None or row[0] + self._bounds.keep <= self._clock():
            return None
        self._used.pop(key, None)
        self._used[key] = None
        if len(self._used) > self._bounds.capacity:
            self._note_used()
        return row[0], row[1]

    def put(self, key: str, at: float, answer: bytes) -> None:
        """Keep an answer instead of the one before; one that is larger than everything may be is not kept."""
        if len(answer) > self._bounds.max_bytes:
            self.remove(key)
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._note_used()
            row = (key, at, self._next(), len(answer), answer)
            self._db.execute("INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?, ?)", row)
            self._evict()
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _note_used(self) -> None:
        """Write down which answers were used, in order: reading one writes nothing, which would cost more than it."""
        first = self._next()
        self._db.executemany("UPDATE answer SET used = ? WHERE key = ?", enumerate(self._used, first))
        self._used.clear()

    def _evict(self) -> None:
        count, size = self.size
        while count > self._bounds.capacity or size > self._bounds.max_bytes:
            oldest, freed = self._db.execute("SELECT key, size FROM answer ORDER BY used LIMIT 1").fetchone()
            self.remove(oldest)
            count, size, self.evicted = count - 1, size - freed, self.evicted + 1

    def remove(self, key: str) -> None:
        """Forget an answer."""
        self._db.execute("DELETE FROM answer WHERE key = ?", (key,))

    def expire(self) -> int:
        """Forget what is too old; how many that were."""
        return self._db.execute("DELETE FROM answer WHERE at <= ?", (self._clock() - self._bounds.keep,)).rowcount

    def clear(self) -> int:
        """Forget everything; how many answers that were."""
        count = self._db.execute("DELETE FROM answer").rowcount
        self._db.execute("VACUUM")
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return count

    @property
    def size(self) -> tuple[int, int]:
        """Answers and bytes kept."""
        count, size = self._db.execute("SELECT count(*), coalesce(sum(size), 0) FROM answer").fetchone()
        return int(count), int(size)

    def close(self) -> None:
        """Close the file."""
        with suppress(sqlite3.Error):
            self._note_used()
        self._db.close()

    def _next(self) -> int:
        return int(self._db.execute("SELECT coalesce(max(used), 0) + 1 FROM answer").fetchone()[0])
