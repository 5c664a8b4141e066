"""Operations that were interrupted, as their checkpoints tell."""

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
    refused,
)

SUFFIX = ".checkpoint"


@dataclass(frozen=True)
class Operation:
    """One that is not finished.

    Args:
        path: its checkpoint.
        identity: what it is, as it was begun; empty when `problem` says why that cannot be read.
        started: when it was begun (ISO 8601).
        progress: how far it is.
        running: whether a process has it in hand now.
        problem: why it cannot go on; empty when it can.
        obsolete: another version of this program wrote it.
    """

    path: Path
    identity: Mapping[str, str]
    started: str = ""
    progress: Progress = field(default_factory=Progress)
    running: bool = False
    problem: str = ""
    obsolete: bool = False


def operations(folder: Path) -> Iterator[Operation]:
    """All operations with a checkpoint in a folder, the oldest first."""
    for path in sorted(folder.glob(f"*{SUFFIX}"), key=lambda path: (path.stat().st_mtime_ns, path.name)):
        yield _operation(path)


def _operation(path: Path) -> Operation:
    db = connect(path)
    try:
        identity = orjson.loads(identity_of(db, path))
        (started,) = db.execute("SELECT started FROM identity").fetchone()
        progress = db.execute("SELECT done, total, last FROM progress").fetchone()
        return Operation(path, identity, started, Progress(*progress) if progress else Progress())
    except (sqlite3.Error, CheckpointRefused, orjson.JSONDecodeError) as error:
        reason = str(refused(path, error))
        obsolete = isinstance(error, CheckpointOutdated)
        return Operation(path, {}, running="in use" in reason, problem=reason, obsolete=obsolete)
    finally:
        db.close()


def forget(operation: Operation) -> None:
    """Remove an operation's checkpoint."""
    for end in ("", "-wal", "-shm"):
        operation.path.with_name(operation.path.name + end).unlink(missing_ok=True)


def prune(folder: Path, *, keep: int, spare: Path | None = None) -> list[Path]:
    """Remove the oldest checkpoints but `keep`, and those of other versions; none that is in use or is damaged.

    `spare` is one of those that are kept, whether it is there already or not.
    """
    found = [*operations(folder)]
    usable = [operation for operation in found if not operation.problem and operation.path != spare]
    room = max(0, keep - (spare is not None))
    surplus = [operation for operation in found if operation.obsolete] + usable[: max(0, len(usable) - room)]
    for operation in surplus:
        forget(operation)
    return [operation.path for operation in surplus]
