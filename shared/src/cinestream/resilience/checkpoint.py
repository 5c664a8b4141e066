"""What was done stays done: a journal of finished steps in one SQLite file, each step whole or not there."""

import sqlite3
import sys
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType

import orjson

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

VERSION = 1
_TABLES = """
CREATE TABLE identity (version INTEGER NOT NULL, identity BLOB NOT NULL);
CREATE TABLE steps (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, crc INTEGER NOT NULL, payload BLOB NOT NULL);
"""


class CheckpointRefused(Exception):
    """The file is not the checkpoint of this operation, or is damaged; the text says which."""


class Checkpoint:
    """The finished steps of one operation, in the order in which they were finished.

    Args:
        path: the file; made when it is not there.
        identity: what the operation is (whose account, which options). A file that was made for anything else is
            refused, because its steps would be wrong ones.

    A step is on disk when `add` returns. Payloads are compressed, and checked when they are read. Not to be used by
    two processes at once: the second one is refused.
    """

    def __init__(self, path: Path, identity: Mapping[str, str]) -> None:
        self.path = path
        try:
            self._db = sqlite3.connect(path, timeout=0, isolation_level=None)
            self._open(orjson.dumps(dict(identity), option=orjson.OPT_SORT_KEYS))
        except sqlite3.OperationalError as error:
            self._db.close()
            raise CheckpointRefused(f"{path} is in use by another process ({error})") from None
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise CheckpointRefused(f"{path} is damaged ({error})") from None
        except CheckpointRefused:
            self._db.close()
            raise

    def _open(self, identity: bytes) -> None:
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("BEGIN EXCLUSIVE")
        if not self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            for table in _TABLES.split(";\n"):
                self._db.execute(table)
            self._db.execute("INSERT INTO identity VALUES (?, ?)", (VERSION, identity))
        self._db.execute("COMMIT")
        version, found = self._db.execute("SELECT version, identity FROM identity").fetchone()
        if version != VERSION:
            raise CheckpointRefused(f"{self.path} has version {version}, this program writes {VERSION}")
        if found != identity:
            raise CheckpointRefused(f"{self.path} belongs to {found.decode()}, not to {identity.decode()}")

    def add(self, name: str, payload: bytes) -> None:
        """Record that the step `name` is finished, and what came of it; the same step again replaces it."""
        row = (name, zlib.crc32(payload), zstd.compress(payload))
        self._db.execute("INSERT OR REPLACE INTO steps (name, crc, payload) VALUES (?, ?, ?)", row)

    def get(self, name: str) -> bytes | None:
        """What came of a step; None when it is not finished. Raises CheckpointRefused for damaged content."""
        row = self._db.execute("SELECT crc, payload FROM steps WHERE name = ?", (name,)).fetchone()
        if row is None:
            return None
        try:
            payload = bytes(zstd.decompress(row[1]))
        except zstd.ZstdError as error:
            raise CheckpointRefused(f"step {name} in {self.path} is damaged ({error})") from None
        if zlib.crc32(payload) != row[0]:
            raise CheckpointRefused(f"step {name} in {self.path} is damaged (checksum)")
        return payload

    def names(self) -> Iterator[str]:
        """The finished steps, in the order in which they were finished."""
        for (name,) in self._db.execute("SELECT name FROM steps ORDER BY number").fetchall():
            yield name

    def remove(self) -> None:
        """The operation is finished: nothing of it needs to be kept."""
        self._db.close()
        self.path.unlink(missing_ok=True)

    def __enter__(self) -> "Checkpoint":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()
