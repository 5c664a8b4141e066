"""What was interrupted is found, and what nobody needs any more goes."""

import os
from pathlib import Path

import pytest

from cinestream_flow.checkpoint import Checkpoint, Progress
from cinestream_flow.operations import prune, unfinished_operations


def interrupted(folder: Path, name: str, *, age: int = 0) -> Path:
    """A checkpoint that was left behind."""
    path = folder / f"{name}.checkpoint"
    with Checkpoint(path, {"export": name}) as checkpoint:
        checkpoint.add("page 1", b"x")
        checkpoint.report(Progress(1, 9, "page 1"))
    os.utime(path, (1_000_000 - age, 1_000_000 - age))
    return path


def test_what_was_interrupted_is_found_with_its_progress(tmp_path: Path) -> None:
    """What it is, when it began, how far it is, what came last; the oldest first."""
    interrupted(tmp_path, "history")
    interrupted(tmp_path, "ratings", age=10)
    first, second = unfinished_operations(tmp_path)
    assert (first.identity, second.identity) == ({"export": "ratings"}, {"export": "history"})
    assert first.progress == Progress(1, 9, "page 1")
    assert first.started.endswith("+00:00")
    assert (first.running, first.error) == (False, "")


def test_one_at_work_and_a_damaged_one_are_said_to_be_so(tmp_path: Path) -> None:
    """Neither is touched by tidying up."""
    (tmp_path / "broken.checkpoint").write_bytes(b"nothing that SQLite knows, and longer than its header" * 50)
    with Checkpoint(tmp_path / "working.checkpoint", {}):
        found = {operation.path.stem: operation for operation in unfinished_operations(tmp_path)}
        assert found["working"].running
        assert "damaged" in found["broken"].error
        assert prune(tmp_path, keep=0) == []
    assert len([*unfinished_operations(tmp_path)]) == 2


def test_only_the_newest_are_kept(tmp_path: Path) -> None:
    """And nothing is left of the others, journals included."""
    for age in range(5):
        interrupted(tmp_path, f"export-{age}", age=age)
    assert [path.stem for path in prune(tmp_path, keep=2)] == ["export-4", "export-3", "export-2"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export-0.checkpoint", "export-1.checkpoint"]


@pytest.mark.parametrize("begun", [True, False])
def test_the_one_that_goes_on_is_one_of_those_that_are_kept(tmp_path: Path, begun: bool) -> None:
    """Although it is the oldest, or not even there yet."""
    for age in range(3):
        interrupted(tmp_path, f"export-{age}", age=age)
    spare = tmp_path / f"export-{2 if begun else 3}.checkpoint"
    assert len(prune(tmp_path, keep=2, protected=spare)) == (1 if begun else 2)
    interrupted(tmp_path, spare.stem)
    assert {path.name for path in tmp_path.iterdir()} == {"export-0.checkpoint", spare.name}


def test_what_another_version_wrote_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It could never go on."""
    monkeypatch.setattr("cinestream_flow.checkpoint.VERSION", 1)
    interrupted(tmp_path, "old")
    monkeypatch.undo()
    assert [path.stem for path in prune(tmp_path, keep=10)] == ["old"]
