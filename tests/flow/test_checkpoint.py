"""What was done stays done, and nothing else is believed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinestream_flow.checkpoint import Checkpoint, CheckpointRefused

WHO = {"account": "a", "operation": "history"}
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
    """Where the checkpoint is."""
    return tmp_path / "operation.checkpoint"


@given(steps=st.dictionaries(st.text(min_size=1).filter(lambda name: "\\ud800" not in name), st.binary(), max_size=9))
def test_steps_come_back_as_they_were(tmp_path_factory: pytest.TempPathFactory, steps: dict[str, bytes]) -> None:
    """Names in their order, payloads byte for byte, after the file was closed and opened again."""
    path = tmp_path_factory.mktemp("checkpoint") / "file"
    steps = {name.encode("utf-8", "ignore").decode(): payload for name, payload in steps.items()}
    with Checkpoint(path, WHO) as checkpoint:
        for name, payload in steps.items():
            checkpoint.add(name, payload)
    with Checkpoint(path, WHO) as checkpoint:
        assert list(checkpoint.names()) == list(steps)
        assert {name: checkpoint.get(name) for name in steps} == steps
        assert checkpoint.get("another") is None


@pytest.mark.process
def test_a_killed_process_loses_no_finished_step(path: Path) -> None:
    """Every step whose `add` returned is there after kill -9."""
    command = [sys.executable, "-c", ENDLESS, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        last = max(int(process.stdout.readline()) for _ in range(50))
        os.kill(process.pid, signal.SIGKILL)
        last = max([last, *(int(line) for line in process.stdout.read().split("\n")[:-1])])
    with Checkpoint(path, WHO) as checkpoint:
        assert len(list(checkpoint.names())) >= last + 1
        assert checkpoint.get(f"step {last}") == str(last).encode() * 1000


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"account": "b", "operation": "history"}, "belongs to account 'a', not to account 'b'"),
        ({"account": "a"}, "belongs to operation 'history', not to operation ''"),
    ],
)
def test_the_checkpoint_of_something_else_is_refused(path: Path, other: dict[str, str], says: str) -> None:
    """The reason names what is not the same, and nothing else."""
    with Checkpoint(path, WHO) as checkpoint:
        checkpoint.add("step", b"x")
    with pytest.raises(CheckpointRefused, match=says):
        Checkpoint(path, other)


def test_another_version_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program does not guess what a newer one wrote."""
    monkeypatch.setattr("cinestream_flow.checkpoint.VERSION", 99)
    Checkpoint(path, WHO).__exit__(None, None, None)
    monkeypatch.undo()
    with pytest.raises(CheckpointRefused, match="has version 99, this program writes"):
        Checkpoint(path, WHO)


def test_a_file_that_is_no_checkpoint_is_refused(path: Path) -> None:
    """It is named as damaged, and left as it is."""
    path.write_bytes(b"something else, long enough to be read as a header" * 99)
    with pytest.raises(CheckpointRefused, match="damaged"):
        Checkpoint(path, WHO)


def test_damaged_content_is_refused(path: Path) -> None:
    """A flipped byte in a payload is found when the step is read."""
    with Checkpoint(path, WHO) as checkpoint:
        checkpoint.add("step", bytes(range(256)) * 20)
        checkpoint._db.execute("UPDATE steps SET crc = crc + 1")
        with pytest.raises(CheckpointRefused, match=r"step step in .* is damaged"):
            checkpoint.get("step")
        checkpoint._db.execute("UPDATE steps SET payload = x'00'")
        with pytest.raises(CheckpointRefused, match=r"step step in .* is damaged"):
            checkpoint.get("step")


def test_two_at_once_are_refused(path: Path) -> None:
    """The second one is told that the first is at work."""
    with Checkpoint(path, WHO), pytest.raises(CheckpointRefused, match="in use by another process"):
        Checkpoint(path, WHO)


def test_a_finished_operation_leaves_nothing(path: Path) -> None:
    """Neither the file nor its journal."""
    checkpoint = Checkpoint(path, WHO)
    checkpoint.add("step", b"x")
    checkpoint.remove()
    assert list(path.parent.iterdir()) == []
