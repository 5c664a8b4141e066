"""The lock of the data directory: a second run, and the NATS server of a run that was killed."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.paths import SCRIPTS
from tests.ports import free_port

from cinestream.commands.exit_codes import ExitCode
from cinestream.runtime.local_run import find_run
from cinestream_demo.local.credentials import new_run, published
from cinestream_demo.local.failures import CannotRun
from cinestream_demo.local.lock import locked
from cinestream_demo.local.nats import CONFIG, nats_environment
from cinestream_demo.local.plan import USERS
from cinestream_demo.local.settings import LocalSettings

KILLED = """
import os, signal, subprocess, sys
from pathlib import Path
from cinestream_demo.local.lock import locked
with locked(Path(sys.argv[1])) as lock:
    nats = subprocess.Popen(sys.argv[2:], pass_fds=(lock,), stdout=2)
    print(nats.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def contents(directory: Path) -> dict[Path, tuple[int, bytes]]:
    """Return time and content of every file."""
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in directory.rglob("*") if path.is_file()}


@pytest.mark.process
def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    """A second run with the same data and other ports names the first one, exits with 4 and leaves its files alone."""
    with locked(tmp_path), published(new_run(LocalSettings(data_dir=tmp_path)), tmp_path):
        before = contents(tmp_path)
        second = subprocess.run(
            [SCRIPTS / "cinestream-run"],
            env=os.environ | {"CINESTREAM_DATA_DIR": str(tmp_path), "CINESTREAM_NATS_URL": "nats://127.0.0.1:1"},
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        assert contents(tmp_path) == before
        assert find_run(tmp_path) is not None
    message = f"already running (pid {os.getpid()}) with its data in {tmp_path}; `make status` shows it\n"
    assert (second.returncode, second.stdout, second.stderr) == (ExitCode.ALREADY_RUNNING, "", message)


def test_a_run_without_a_checkout_names_no_target_of_make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed `cinestream run` names `cinestream status`, because there is no Makefile where it runs."""
    monkeypatch.chdir(tmp_path)
    with locked(tmp_path), pytest.raises(CannotRun, match="`cinestream status` shows it"), locked(tmp_path):
        pass


def test_a_run_that_has_just_started_is_named(tmp_path: Path) -> None:
    """The lock alone refuses a second run, before the first one has written its file."""
    with locked(tmp_path), pytest.raises(CannotRun, match="already running"), locked(tmp_path):
        pass


@pytest.mark.process
def test_the_nats_server_of_a_killed_run_keeps_the_lock(tmp_path: Path) -> None:
    """A run that was killed blocks the next one until its NATS server has ended too, and the error names that."""
    listen, store = f"127.0.0.1:{free_port()}", tmp_path / "nats"
    environment = nats_environment(listen, store, dict.fromkeys(USERS, "secret"), monitor="127.0.0.1:-1")
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), str(SCRIPTS / "nats-server"), "-c", str(CONFIG)],
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )
    nats = int(killed.stdout)
    message = rf"the NATS server of a run that was killed still writes to .* \(pid {nats}\)"
    ended = os.pidfd_open(nats)
    try:
        with pytest.raises(CannotRun, match=message), locked(tmp_path):
            pass
    finally:
        signal.pidfd_send_signal(ended, signal.SIGKILL)
        select.select([ended], [], [], 60)
        os.close(ended)
    with locked(tmp_path):
        pass


def test_no_file_of_the_run_is_left(tmp_path: Path) -> None:
    """Nothing that commands read is left when Ctrl-C has ended the run."""

    def interrupted() -> None:
        with locked(tmp_path), published(new_run(LocalSettings()), tmp_path):
            assert {"env", "run.json"} <= {path.name for path in tmp_path.iterdir()}
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lock", "logs", "nats"]


def test_only_its_user_can_write_the_file_that_shells_load(tmp_path: Path) -> None:
    """Whoever writes `env` decides what the user's shell executes."""
    before = os.umask(0)
    try:
        with locked(tmp_path), published(new_run(LocalSettings()), tmp_path):
            modes = [(tmp_path / name).stat().st_mode & 0o777 for name in ("env", "run.json", "lock")]
    finally:
        os.umask(before)
    assert modes == [0o600] * 3


def test_a_data_directory_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    """The error names the directory and the setting."""
    (tmp_path / "file").write_text("")
    message = r"file/data cannot be written \(Not a directory\): set CINESTREAM_DATA_DIR"
    with pytest.raises(CannotRun, match=message), locked(tmp_path / "file" / "data"):
        pass
