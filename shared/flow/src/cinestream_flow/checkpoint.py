"""A durable journal of the finished steps of one operation, in a SQLite file."""

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

from cinestream_flow.message import Message

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

VERSION = 2
"""Version of the file format. A file of another version is refused."""
_TABLES = """
CREATE TABLE identity (version INTEGER NOT NULL, identity BLOB NOT NULL, started TEXT NOT NULL);
CREATE TABLE steps (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, crc INTEGER NOT NULL, payload BLOB NOT NULL);
CREATE TABLE progress (done INTEGER NOT NULL, total INTEGER NOT NULL, last TEXT NOT NULL);
"""


class CheckpointRefused(Exception):
    """The file cannot be used.

    It belongs to another operation, is damaged, or is in use by another process. The message gives the reason.
    """


class CheckpointOutdated(CheckpointRefused):
    """The file has another format version."""


@dataclass(frozen=True)
class Progress:
    """The progress of an operation: finished items, all items, and the name of the last step."""

    done: int = 0
    total: int = 0
    last: str = ""


class Checkpoint:
    """The finished steps of one operation and their results, in the order in which they finished.

    A step survives a crash of the process as soon as `add` returns. It survives a power failure after the next `sync`.
    Payloads are compressed, and verified when they are read. Only one process can open the file at a time.

    Args:
        path: The file. It is created if it does not exist.
        identity: Facts that define the operation, for example an account and its options. A file with other facts is
            refused, because its steps belong to another operation.
        sync_items: Number of items after which `add` syncs.
        sync_seconds: Seconds after which `add` syncs, even if there were fewer items.
        clock: Monotonic clock in seconds.

    Raises:
        CheckpointRefused: The file cannot be used. It is not changed.
    """

    def __init__(
        self,
        path: Path,
        identity: Mapping[str, str],
        *,
        sync_items: int = 5000,
        sync_seconds: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.path = path
        self._sync_items, self._sync_seconds, self._clock = sync_items, sync_seconds, clock
        self._unsynced, self._synced_at = 0, clock()
        self._db = connect(path)
        try:
            self._open(orjson.dumps(dict(identity), option=orjson.OPT_SORT_KEYS))
        except BaseException as error:
            self._db.close()
            raise refusal(path, error) from None

    def _open(self, identity: bytes) -> None:
        # An exclusive lock refuses a second process at once, instead of at its first write.
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.execute("PRAGMA journal_mode = WAL")
        # In WAL mode a commit is an append without fsync. That is enough against a crash of the process, and much
        # faster than a flush for each step. `sync` adds the flush that a power failure needs.
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute("PRAGMA cache_size = -512")  # in KiB; steps are written once and read at most once
        self._db.execute("BEGIN EXCLUSIVE")
        if not self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            # One `execute` for each table: `executescript` would commit, and a crash could leave half of the tables.
            for table in _TABLES.strip().split(";\n"):
                self._db.execute(table)
            started = datetime.now(UTC).isoformat(timespec="seconds")
            self._db.execute("INSERT INTO identity VALUES (?, ?, ?)", (VERSION, identity, started))
        self._db.execute("COMMIT")
        found = identity_of(self._db, self.path)
        if found != identity:
            others, ours = _differences(orjson.loads(found), orjson.loads(identity))
            raise CheckpointRefused(
                Message("{path} belongs to {others}, not to {ours}", path=self.path, others=others, ours=ours)
            )

    def add(self, name: str, payload: bytes, *, items: int = 1) -> None:
        """Record a finished step and its result. A step of the same name is replaced.

        Args:
            name: Unique name of the step.
            payload: Result of the step.
            items: Number of items in the step. It counts toward the next sync.
        """
        row = (name, zlib.crc32(payload), zstd.compress(payload, level=1))
        self._db.execute("INSERT OR REPLACE INTO steps (name, crc, payload) VALUES (?, ?, ?)", row)
        self._unsynced += items
        if self._unsynced >= self._sync_items or self._clock() - self._synced_at >= self._sync_seconds:
            self.sync()

    def sync(self) -> None:
        """Flush all finished steps to disk, so that they survive a power failure."""
        # A WAL checkpoint calls fsync on the log and on the database. The truncated log keeps the file small.
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._unsynced, self._synced_at = 0, self._clock()

    def report(self, progress: Progress) -> None:
        """Store the progress, for `cinestream_flow.operations` to show after an interruption."""
        self._db.execute(
            "INSERT OR REPLACE INTO progress (rowid, done, total, last) VALUES (1, ?, ?, ?)",
            (progress.done, progress.total, progress.last),
        )

    def get(self, name: str) -> bytes | None:
        """Return the result of a step, or None if the step is not finished.

        Raises:
            CheckpointRefused: The content is damaged.
        """
        try:
            row = self._db.execute("SELECT crc, payload FROM steps WHERE name = ?", (name,)).fetchone()
            payload = None if row is None else bytes(zstd.decompress(row[1]))
        except (sqlite3.DatabaseError, zstd.ZstdError) as error:
            raise self._damaged(name, error) from None
        # SQLite verifies the structure of its pages only. The checksum also finds a changed byte in a payload.
        if payload is not None and zlib.crc32(payload) != row[0]:
            raise self._damaged(name, "checksum")
        return payload

    def _damaged(self, name: str, error: object) -> CheckpointRefused:
        message = Message("step {name} in {path} is damaged ({error})", name=name, path=self.path, error=error)
        return CheckpointRefused(message)

    def names(self) -> Iterator[str]:
        """Yield the names of the finished steps, in the order in which they finished."""
        for (name,) in self._db.execute("SELECT name FROM steps ORDER BY number"):
            yield name

    def remove(self) -> None:
        """Close and delete the file, because the operation is complete."""
        self._db.close()
        for end in ("", "-wal"):
            self.path.with_name(self.path.name + end).unlink(missing_ok=True)

    def __enter__(self) -> "Checkpoint":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()


def _differences(*identities: Mapping[str, str]) -> Iterator[str]:
    """Yield for each identity the names and values in which the identities differ."""
    names = [name for name in sorted({*chain(*identities)}) if len({one.get(name) for one in identities}) > 1]
    for identity in identities:
        yield ", ".join(f"{name} {identity.get(name, '')!r}" for name in names)


def connect(path: Path) -> sqlite3.Connection:
    """Open the file of a checkpoint. A file that another process uses fails at once instead of after a timeout."""
    return sqlite3.connect(path, timeout=0, isolation_level=None)


def identity_of(db: sqlite3.Connection, path: Path) -> bytes:
    """Return the identity in a file, as JSON.

    Raises:
        CheckpointOutdated: The file has another format version.
    """
    version = db.execute("SELECT version FROM identity").fetchone()
    if version is None or version[0] != VERSION:
        raise CheckpointOutdated(
            Message(
                "{path} has version {other}, this program writes {ours}",
                path=path,
                other=version and version[0],
                ours=VERSION,
            )
        )
    return bytes(db.execute("SELECT identity FROM identity").fetchone()[0])


def refusal(path: Path, error: BaseException) -> BaseException:
    """Return the `CheckpointRefused` for an error of SQLite, or any other error unchanged."""
    if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
        return CheckpointRefused(Message("{path} is in use by another process", path=path))
    if isinstance(error, sqlite3.DatabaseError):
        return CheckpointRefused(Message("{path} is damaged ({error})", path=path, error=error))
    return error
