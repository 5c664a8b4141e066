"""Cached responses in a SQLite file that several processes may use at the same time."""

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from cinestream_flow.cache.limits import CacheLimits

VERSION = 1
_TABLES = f"""
PRAGMA user_version = {VERSION};
CREATE TABLE IF NOT EXISTS answer (key TEXT PRIMARY KEY, at REAL NOT NULL, used INTEGER NOT NULL, size INTEGER NOT NULL,
                                   answer BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS answer_used ON answer (used, size);
CREATE INDEX IF NOT EXISTS answer_at ON answer (at);
"""


class SqliteStore:
    """A cache store in a file that only its owner can read. Its methods do what `CacheStore` describes.

    A file that cannot be read is replaced by an empty one. Entries that were written just before a power failure may
    be lost.
    """

    def __init__(self, path: Path, limits: CacheLimits, *, clock: Callable[[], float] = time.time) -> None:
        self.evicted = 0
        self.path = path
        self._used: dict[str, None] = {}  # keys in the order of their use, not yet written to the file
        self._limits, self._clock = limits, clock
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            self._db = self._open()
        except sqlite3.DatabaseError:
            for name in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
                name.unlink(missing_ok=True)
            self._db = self._open()

    def _open(self) -> sqlite3.Connection:
        # Created here, because SQLite would create the file with the permissions of the umask.
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        db = sqlite3.connect(self.path, timeout=5, isolation_level=None)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            if db.execute("PRAGMA user_version").fetchone()[0] not in (0, VERSION):
                raise sqlite3.DatabaseError("the file has another version")
            db.executescript(_TABLES)
        except sqlite3.DatabaseError:
            db.close()
            raise
        return db

    def get(self, key: str) -> tuple[float, bytes] | None:
        """Return an entry and mark it as the most recently used one."""
        row = self._db.execute("SELECT at, answer FROM answer WHERE key = ?", (key,)).fetchone()
        if row is None or row[0] + self._limits.max_age_seconds <= self._clock():
            return None
        self._used.pop(key, None)
        self._used[key] = None
        if len(self._used) > self._limits.max_entries:
            self._write_use()
        return row[0], row[1]

    def put(self, key: str, at: float, response: bytes) -> None:
        """Store or replace an entry. A response larger than `max_bytes` is not stored."""
        if len(response) > self._limits.max_bytes:
            self.remove(key)
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._write_use()
            row = (key, at, self._next_use(), len(response), response)
            self._db.execute("INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?, ?)", row)
            self._evict()
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _write_use(self) -> None:
        # Collected and written together: a write for each `get` would cost more than the `get` itself.
        start = self._next_use()
        self._db.executemany("UPDATE answer SET used = ? WHERE key = ?", enumerate(self._used, start))
        self._used.clear()

    def _evict(self) -> None:
        count, size = self.size
        while count > self._limits.max_entries or size > self._limits.max_bytes:
            oldest, freed = self._db.execute("SELECT key, size FROM answer ORDER BY used LIMIT 1").fetchone()
            self.remove(oldest)
            count, size, self.evicted = count - 1, size - freed, self.evicted + 1

    def remove(self, key: str) -> None:
        """Remove an entry, if it exists."""
        self._db.execute("DELETE FROM answer WHERE key = ?", (key,))

    def expire(self) -> int:
        """Remove the entries that are too old, and return their number."""
        limit = self._clock() - self._limits.max_age_seconds
        return self._db.execute("DELETE FROM answer WHERE at <= ?", (limit,)).rowcount

    def clear(self) -> int:
        """Remove all entries, and return their number."""
        count = self._db.execute("DELETE FROM answer").rowcount
        self._db.execute("VACUUM")
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return count

    @property
    def size(self) -> tuple[int, int]:
        """Number of entries and their bytes."""
        count, size = self._db.execute("SELECT count(*), coalesce(sum(size), 0) FROM answer").fetchone()
        return int(count), int(size)

    def close(self) -> None:
        """Close the file."""
        with suppress(sqlite3.Error):
            self._write_use()
        self._db.close()

    def _next_use(self) -> int:
        return int(self._db.execute("SELECT coalesce(max(used), 0) + 1 FROM answer").fetchone()[0])
