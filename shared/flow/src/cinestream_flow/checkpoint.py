"""What was done stays done: a journal of finished steps in one SQLite file, each step whole or not there."""

import sqlite3
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from types import TracebackType

import orjson

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

VERSION = 2
_TABLES = """
CREATE TABLE identity (version INTEGER NOT NULL, identity BLOB NOT NULL, started TEXT NOT NULL);
CREATE TABLE steps (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, crc INTEGER NOT NULL, payload BLOB NOT NULL);
CREATE TABLE progress (done INTEGER NOT NULL, total INTEGER NOT NULL, last TEXT NOT NULL);
"""


class CheckpointRefused(Exception):
    """The file is not the checkpoint of this operation, or is damaged; the text says which."""


class CheckpointOutdated(CheckpointRefused):
    """Another version of this program wrote the file."""


@dataclass(frozen=True)
class Progress:
    """How far an operation is: items done, of how many, and which came last."""

    done: int = 0
    total: int = 0
    last: str = ""


class Checkpoint:
    """The finished steps of one operation, in the order in which they were finished.

    Args:
        path: the file; made when it is not there.
        identity: what the operation is (whose account, which options). A file that was made for anything else is
            refused, because its steps would be wrong ones.
        every: steps are made safe from a power cut after so many items,
        interval: or after so many seconds, whichever comes first.
        clock: seconds that never go back.

    A step outlives the process from the moment that `add` returns. Payloads are compressed, and checked when they are
    read. Not to be used by two processes at once: the second one is refused.
    """

    def __init__(
        self,
        path: Path,
        identity: Mapping[str, str],
        *,
        every: int = 5000,
        interval: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.path = path
        self._every, self._interval, self._clock = every, interval, clock
        self._unsafe, self._safe_at = 0, clock()
        self._db = connect(path)
        try:
            self._open(orjson.dumps(dict(identity), option=orjson.OPT_SORT_KEYS))
        except BaseException as error:
            self._db.close()
            raise refused(path, error) from None

    def _open(self, identity: bytes) -> None:
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")  # what is committed outlives the process; `sync` does the rest
        self._db.execute("PRAGMA cache_size = -512")  # KB: steps are written once and read at most once
        self._db.execute("BEGIN EXCLUSIVE")
        if not self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            for table in _TABLES.strip().split(";\n"):
                self._db.execute(table)
            started = datetime.now(UTC).isoformat(timespec="seconds")
            self._db.execute("INSERT INTO identity VALUES (?, ?, ?)", (VERSION, identity, started))
        self._db.execute("COMMIT")
        found = identity_of(self._db, self.path)
        if found != identity:
            others, ours = _differing(orjson.loads(found), orjson.loads(identity))
            raise CheckpointRefused(f"{self.path} belongs to {others}, not to {ours}")

    def add(self, name: str, payload: bytes, *, items: int = 1) -> None:
        """Record that the step `name` of so many items is finished, and what came of it; again, it is replaced."""
        row = (name, zlib.crc32(payload), zstd.compress(payload, level=1))
        self._db.execute("INSERT OR REPLACE INTO steps (name, crc, payload) VALUES (?, ?, ?)", row)
        self._unsafe += items
        if self._unsafe >= self._every or self._clock() - self._safe_at >= self._interval:
            self.sync()

    def sync(self) -> None:
        """Have everything so far outlive a power cut as well."""
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._unsafe, self._safe_at = 0, self._clock()

    def report(self, progress: Progress) -> None:
        """Say how far the operation is, for those who look at the file when it was interrupted."""
        self._db.execute(
            "INSERT OR REPLACE INTO progress (rowid, done, total, last) VALUES (1, ?, ?, ?)",
            (progress.done, progress.total, progress.last),
        )

    def get(self, name: str) -> bytes | None:
        """What came of a step; None when it is not finished. Raises CheckpointRefused for damaged content."""
        try:
            row = self._db.execute("SELECT crc, payload FROM steps WHERE name = ?", (name,)).fetchone()
            payload = None if row is None else bytes(zstd.decompress(row[1]))
        except (sqlite3.DatabaseError, zstd.ZstdError) as error:
            raise CheckpointRefused(f"step {name} in {self.path} is damaged ({error})") from None
        if payload is not None and zlib.crc32(payload) != row[0]:
            raise CheckpointRefused(f"step {name} in {self.path} is damaged (checksum)")
        return payload

    def names(self) -> Iterator[str]:
        """The finished steps, in the order in which they were finished."""
        for (name,) in self._db.execute("SELECT name FROM steps ORDER BY number"):
            yield name

    def remove(self) -> None:
        """The operation is finished: nothing of it needs to be kept."""
        self._db.close()
        for end in ("", "-wal"):
            self.path.with_name(self.path.name + end).unlink(missing_ok=True)

    def __enter__(self) -> "Checkpoint":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()


def _differing(*identities: Mapping[str, str]) -> Iterator[str]:
    """What each of two identities is where they are not the same."""
    names = [name for name in sorted({*chain(*identities)}) if len({one.get(name) for one in identities}) > 1]
    for identity in identities:
        yield ", ".join(f"{name} {identity.get(name, '')!r}" for name in names)


def connect(path: Path) -> sqlite3.Connection:
    """The file of a checkpoint; one that is in use is not waited for."""
    return sqlite3.connect(path, timeout=0, isolation_level=None)


def identity_of(db: sqlite3.Connection, path: Path) -> bytes:
    """Whose checkpoint it is; raises CheckpointRefused for one that another version of this program wrote."""
    version = db.execute("SELECT version FROM identity").fetchone()
    if version is None or version[0] != VERSION:
        raise CheckpointOutdated(f"{path} has version {version and version[0]}, this program writes {VERSION}")
    return bytes(db.execute("SELECT identity FROM identity").fetchone()[0])


def refused(path: Path, error: BaseException) -> BaseException:
    """What an error of SQLite says about a checkpoint; any other error as it is."""
    if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
        return CheckpointRefused(f"{path} is in use by another process")
    if isinstance(error, sqlite3.DatabaseError):
        return CheckpointRefused(f"{path} is damaged ({error})")
    return error
