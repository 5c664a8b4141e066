"""Listing and pruning of unfinished operations."""

import os
from pathlib import Path

import pytest

from cinestream_flow.checkpoint import Checkpoint, Progress
from cinestream_flow.operations import prune, unfinished_operations


def interrupted(folder: Path, name: str, *, age: int = 0) -> Path:
    """Create the checkpoint of an interrupted operation, and return its path."""
    path = folder / f"{name}.checkpoint"
    with Checkpoint(path, {"export": name}) as checkpoint:
        checkpoint.add("page 1", b"x")
        checkpoint.report(Progress(1, 9, "page 1"))
    os.utime(path, (1_000_000 - age, 1_000_000 - age))
    return path


def test_unfinished_operations_are_listed_with_their_progress(tmp_path: Path) -> None:
    """Identity, start, progress and last step are listed, the oldest operation first."""
    interrupted(tmp_path, "history")
    interrupted(tmp_path, "ratings", age=10)
    first, second = unfinished_operations(tmp_path)
    assert (first.identity, second.identity) == ({"export": "ratings"}, {"export": "history"})
    assert first.progress == Progress(1, 9, "page 1")
    assert first.started.endswith("+00:00")
    assert (first.running, first.error) == (False, "")


def test_running_and_damaged_operations_are_marked(tmp_path: Path) -> None:
    """Pruning deletes neither a running nor a damaged operation."""
    (tmp_path / "broken.checkpoint").write_bytes(b"nothing that SQLite knows, and longer than its header" * 50)
    with Checkpoint(tmp_path / "working.checkpoint", {}):
        found = {operation.path.stem: operation for operation in unfinished_operations(tmp_path)}
        assert found["working"].running
        assert "damaged" in found["broken"].error
        assert prune(tmp_path, keep=0) == []
    assert len([*unfinished_operations(tmp_path)]) == 2


def test_prune_keeps_the_newest(tmp_path: Path) -> None:
    """Nothing is left of the older operations, not even a journal."""
    for age in range(5):
        interrupted(tmp_path, f"export-{age}", age=age)
    assert [path.stem for path in prune(tmp_path, keep=2)] == ["export-4", "export-3", "export-2"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export-0.checkpoint", "export-1.checkpoint"]


@pytest.mark.parametrize("exists", [True, False])
def test_prune_keeps_the_protected_operation(tmp_path: Path, exists: bool) -> None:
    """The protected operation counts as kept, also if it is the oldest or does not exist yet."""
    for age in range(3):
        interrupted(tmp_path, f"export-{age}", age=age)
    protected = tmp_path / f"export-{2 if exists else 3}.checkpoint"
    assert len(prune(tmp_path, keep=2, protected=protected)) == (1 if exists else 2)
    interrupted(tmp_path, protected.stem)
    assert {path.name for path in tmp_path.iterdir()} == {"export-0.checkpoint", protected.name}


def test_prune_deletes_other_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An operation of another format version cannot be resumed, so it is deleted."""
    monkeypatch.setattr("cinestream_flow.checkpoint.VERSION", 1)
    interrupted(tmp_path, "old")
    monkeypatch.undo()
    assert [path.stem for path in prune(tmp_path, keep=10)] == ["old"]
