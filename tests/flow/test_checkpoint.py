"""Checkpoints: durable steps, and the refusal of wrong files."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinestream_flow.checkpoint import Checkpoint, CheckpointRefused

IDENTITY = {"account": "a", "operation": "history"}
ENDLESS = """
import sys
from pathlib import Path
from cinestream_flow.checkpoint import Checkpoint
checkpoint = Checkpoint(Path(sys.argv[1]), {"account": "a", "operation": "history"})
number = 0
while True:
    checkpoint.add(f"step {number}", str(number).encode() * 1000)
    print(number, flush=True)
    number += 1
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of the checkpoint."""
    return tmp_path / "operation.checkpoint"


@given(steps=st.dictionaries(st.text(min_size=1).filter(lambda name: "\\ud800" not in name), st.binary(), max_size=9))
def test_steps_are_returned_unchanged(tmp_path_factory: pytest.TempPathFactory, steps: dict[str, bytes]) -> None:
    """Names in their order and payloads byte for byte are in the file after it was opened again."""
    path = tmp_path_factory.mktemp("checkpoint") / "file"
    steps = {name.encode("utf-8", "ignore").decode(): payload for name, payload in steps.items()}
    with Checkpoint(path, IDENTITY) as checkpoint:
        for name, payload in steps.items():
            checkpoint.add(name, payload)
    with Checkpoint(path, IDENTITY) as checkpoint:
        assert list(checkpoint.names()) == list(steps)
        assert {name: checkpoint.get(name) for name in steps} == steps
        assert checkpoint.get("another") is None


@pytest.mark.process
def test_killed_process_loses_no_finished_step(path: Path) -> None:
    """Each step whose `add` returned is in the file after SIGKILL."""
    command = [sys.executable, "-c", ENDLESS, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        last = max(int(process.stdout.readline()) for _ in range(50))
        os.kill(process.pid, signal.SIGKILL)
        last = max([last, *(int(line) for line in process.stdout.read().split("\n")[:-1])])
    with Checkpoint(path, IDENTITY) as checkpoint:
        assert len(list(checkpoint.names())) >= last + 1
        assert checkpoint.get(f"step {last}") == str(last).encode() * 1000


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"account": "b", "operation": "history"}, "belongs to account 'a', not to account 'b'"),
        ({"account": "a"}, "belongs to operation 'history', not to operation ''"),
    ],
)
def test_checkpoint_of_another_operation_is_refused(path: Path, other: dict[str, str], message: str) -> None:
    """The error names only the facts that differ."""
    with Checkpoint(path, IDENTITY) as checkpoint:
        checkpoint.add("step", b"x")
    with pytest.raises(CheckpointRefused, match=message):
        Checkpoint(path, other)


def test_other_version_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the version of the file."""
    monkeypatch.setattr("cinestream_flow.checkpoint.VERSION", 99)
    Checkpoint(path, IDENTITY).__exit__(None, None, None)
    monkeypatch.undo()
    with pytest.raises(CheckpointRefused, match="has version 99, this program writes"):
        Checkpoint(path, IDENTITY)


def test_other_file_is_refused(path: Path) -> None:
    """A file that is no checkpoint is reported as damaged."""
    path.write_bytes(b"something else, long enough to be read as a header" * 99)
    with pytest.raises(CheckpointRefused, match="damaged"):
        Checkpoint(path, IDENTITY)


def test_damaged_step_is_refused(path: Path) -> None:
    """A changed payload or checksum is detected when the step is read."""
    with Checkpoint(path, IDENTITY) as checkpoint:
        checkpoint.add("step", bytes(range(256)) * 20)
        checkpoint._db.execute("UPDATE steps SET crc = crc + 1")
        with pytest.raises(CheckpointRefused, match=r"step step in .* is damaged"):
            checkpoint.get("step")
        checkpoint._db.execute("UPDATE steps SET payload = x'00'")
        with pytest.raises(CheckpointRefused, match=r"step step in .* is damaged"):
            checkpoint.get("step")


def test_second_process_is_refused(path: Path) -> None:
    """The error says that another process uses the file."""
    with Checkpoint(path, IDENTITY), pytest.raises(CheckpointRefused, match="in use by another process"):
        Checkpoint(path, IDENTITY)


def test_finished_operation_leaves_no_file(path: Path) -> None:
    """Neither the file nor its journal is left."""
    checkpoint = Checkpoint(path, IDENTITY)
    checkpoint.add("step", b"x")
    checkpoint.remove()
    assert list(path.parent.iterdir()) == []
