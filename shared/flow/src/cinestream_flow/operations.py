"""The unfinished operations of a folder, read from their checkpoints."""

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from cinestream_flow.checkpoint import (
    CheckpointOutdated,
    CheckpointRefused,
    Progress,
    connect,
    identity_of,
    refusal,
)
from cinestream_flow.message import message_of

SUFFIX = ".checkpoint"


@dataclass(frozen=True)
class UnfinishedOperation:
    """An operation whose checkpoint still exists.

    Args:
        path: File of the checkpoint.
        identity: Facts that define the operation. Empty if the file cannot be read.
        started: Start time in ISO 8601.
        progress: Progress that was last reported.
        running: True while a process has the checkpoint open.
        error: Reason why the operation cannot be resumed. Empty if it can.
        outdated: True if the file has another format version.
    """

    path: Path
    identity: Mapping[str, str]
    started: str = ""
    progress: Progress = field(default_factory=Progress)
    running: bool = False
    error: str = ""
    outdated: bool = False


def unfinished_operations(folder: Path) -> Iterator[UnfinishedOperation]:
    """Yield the operations with a checkpoint in a folder, the oldest first."""
    for path in sorted(folder.glob(f"*{SUFFIX}"), key=lambda path: (path.stat().st_mtime_ns, path.name)):
        yield _read(path)


def _read(path: Path) -> UnfinishedOperation:
    db = connect(path)
    try:
        identity = orjson.loads(identity_of(db, path))
        (started,) = db.execute("SELECT started FROM identity").fetchone()
        progress = db.execute("SELECT done, total, last FROM progress").fetchone()
        return UnfinishedOperation(path, identity, started, Progress(*progress) if progress else Progress())
    except (sqlite3.Error, CheckpointRefused, orjson.JSONDecodeError) as error:
        reason = message_of(refusal(path, error))
        outdated = isinstance(error, CheckpointOutdated)
        return UnfinishedOperation(path, {}, running="in use" in reason, error=reason, outdated=outdated)
    finally:
        db.close()


def forget(operation: UnfinishedOperation) -> None:
    """Delete the checkpoint of an operation."""
    for end in ("", "-wal", "-shm"):
        operation.path.with_name(operation.path.name + end).unlink(missing_ok=True)


def prune(folder: Path, *, keep: int, protected: Path | None = None) -> list[Path]:
    """Delete the oldest checkpoints of a folder and those of another format version, and return their paths.

    Checkpoints that are in use or damaged are never deleted.

    Args:
        folder: Folder of the checkpoints.
        keep: Number of checkpoints to keep.
        protected: A checkpoint that is kept in any case and counts as one of them. It need not exist yet.
    """
    found = [*unfinished_operations(folder)]
    usable = [operation for operation in found if not operation.error and operation.path != protected]
    others = max(0, keep - (protected is not None))
    surplus = [operation for operation in found if operation.outdated] + usable[: max(0, len(usable) - others)]
    for operation in surplus:
        forget(operation)
    return [operation.path for operation in surplus]
