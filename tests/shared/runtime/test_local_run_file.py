"""The file of a local run: who finds it, and who does not."""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from cinestream.runtime.local_run import RUN_FILE, LocalRun, find_run

RUN = LocalRun(
    pid=os.getpid(),
    started_at="2026-12-01T08:00:00Z",
    nats_url="nats://127.0.0.1:4222",
    passwords={"scraper": "secret"},
    ops={"scraper": "http://127.0.0.1:9101"},
    stream_url="http://localhost:3000",
    site="http://127.0.0.1:8080",
)

KILLED = """
import json, os, signal, sys
from pathlib import Path
from cinestream.runtime.local_run import LocalRun
with LocalRun(**json.loads(sys.argv[1])).published(Path(sys.argv[2])):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_run_is_found_until_it_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands find the run of the data directory, and neither file nor run are left when it has ended."""
    monkeypatch.setenv("CINESTREAM_DATA_DIR", str(tmp_path))
    assert find_run() is None
    with RUN.published(tmp_path):
        assert find_run() == RUN
        assert (tmp_path / RUN_FILE).stat().st_mode & 0o777 == 0o600
    assert find_run() is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.process
def test_the_file_of_a_killed_run_is_not_believed(tmp_path: Path) -> None:
    """A run that was killed leaves its file behind. It is not found, even if another process has its process id now."""
    subprocess.run([sys.executable, "-c", KILLED, json.dumps(asdict(RUN)), str(tmp_path)], timeout=60, check=False)
    assert json.loads((tmp_path / RUN_FILE).read_text())["pid"] == os.getpid()
    assert find_run(tmp_path) is None
    with RUN.published(tmp_path):
        assert find_run(tmp_path) == RUN


@pytest.mark.parametrize("text", ["", "[]", '{"pid": 1}', json.dumps({**asdict(RUN), "later": 1})])
def test_a_damaged_file_is_no_run(tmp_path: Path, text: str) -> None:
    """A file that this version cannot read is no run, and no error."""
    (tmp_path / RUN_FILE).write_text(text)
    assert find_run(tmp_path) is None
