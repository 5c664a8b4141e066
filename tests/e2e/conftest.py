"""The whole pipeline as a user starts it: the command `cinestream-run` with ports and data of its own."""

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.paths import ROOT, SCRIPTS
from tests.ports import free_port


class Run:
    """A process of `cinestream-run`, with its output in `lines`."""

    def __init__(self, data_dir: Path, *, targets: Sequence[str] = (), **environment: str) -> None:
        self.data_dir, self.targets = data_dir, targets
        self.stream_port = free_port()
        self.demo_port = free_port()
        self.ops_port = free_port(consecutive=3)
        self.lines: list[str] = []
        self.environment = {
            "CINESTREAM_DATA_DIR": str(data_dir),
            "CINESTREAM_NATS_URL": f"nats://127.0.0.1:{free_port()}",
            "CINESTREAM_STREAM_PORT": str(self.stream_port),
            "CINESTREAM_DEMO_PORT": str(self.demo_port),
            "CINESTREAM_OPS_PORT": str(self.ops_port),
            **environment,
        }
        self.process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """The address of stream-api."""
        return f"http://127.0.0.1:{self.stream_port}"

    @property
    def demo_url(self) -> str:
        """The address of the demo site."""
        return f"http://127.0.0.1:{self.demo_port}"

    def start(self) -> None:
        """Start the process and collect its output."""
        self.lines.clear()
        self.process = subprocess.Popen(
            [SCRIPTS / "cinestream-run", *self.targets],
            cwd=ROOT,
            env=os.environ | self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._collect, args=(self.process,), daemon=True)
        self._reader.start()

    def _collect(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.lines.append(line.rstrip())

    def wait_for(self, text: str, *, timeout: float = 150) -> str:
        """Wait until a line of the output has a text, and return the last one that does.

        Args:
            text: Text that is searched in each line.
            timeout: Seconds to wait.

        Raises:
            AssertionError: No line matched in time, or the process ended. The text is the whole output.
        """
        found: list[str] = []

        def there() -> bool:
            found[:] = [line for line in self.lines if text in line]
            assert found or (self.process and self.process.poll() is None), "\n".join(self.lines)
            return bool(found)

        wait_until(there, timeout=timeout, what=lambda: f"{text!r} in:\n" + "\n".join(self.lines))
        return found[-1]

    def pid(self, name: str) -> int | None:
        """Return the process id of a part, such as "scraper" or "nats", or None while it does not run."""
        assert self.process is not None
        command = "nats-server" if name == "nats" else f"cinestream-{name}"
        for child in children(self.process.pid):
            if Path(f"/proc/{child}/cmdline").exists() and any(
                argument.endswith(command.encode())
                for argument in Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
            ):
                return child
        return None

    def stop(self, sig: signal.Signals = signal.SIGINT) -> tuple[int, float]:
        """Send a signal, by default that of Ctrl-C, and wait for the end.

        Returns:
            The exit code, and the seconds from the signal to the end.
        """
        assert self.process is not None
        started = time.monotonic()
        self.process.send_signal(sig)
        code = self.process.wait(timeout=60)
        return code, time.monotonic() - started

    def exit_code(self) -> int:
        """Wait until the process has ended by itself and its output is complete. Return its exit code."""
        assert self.process is not None
        code = self.process.wait(timeout=90)
        self._reader.join(60)
        return code

    def left_over(self) -> list[str]:
        """Return the command lines of processes that still mention the data or the ports of this run."""
        # Only whole words count, because browsers have long random numbers in their arguments.
        data, *ports = map(re.escape, (str(self.data_dir), str(self.stream_port), str(self.demo_port)))
        mark = re.compile(rf"{data}|\b({ports[0]}|{ports[1]})\b".encode())
        found = []
        for directory in Path("/proc").glob("[0-9]*"):
            try:
                if directory.name == str(os.getpid()):
                    continue
                text = (directory / "cmdline").read_bytes() + (directory / "environ").read_bytes()
            except OSError:
                continue
            if mark.search(text):
                found.append((directory / "cmdline").read_bytes().replace(b"\0", b" ").decode()[:200])
        return found


def children(pid: int) -> list[int]:
    """Return the ids of the direct children of a process."""
    found = []
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            stat = (directory / "stat").read_text()
        except OSError:
            continue
        if int(stat.rpartition(")")[2].split()[1]) == pid:
            found.append(int(directory.name))
    return found


def wait_until(condition: Callable[[], bool], *, timeout: float, what: Callable[[], str]) -> None:
    """Wait until a condition outside of this process is true.

    Args:
        condition: Function that returns True once the wait is over.
        timeout: Seconds to wait.
        what: Function that returns what was missing, for the error.

    Raises:
        AssertionError: The condition was not true in time.
    """
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, f"after {timeout} s, missing: {what()}"
        time.sleep(0.02)


@contextmanager
def running(data_dir: Path, *, targets: Sequence[str] = (), **environment: str) -> Iterator[Run]:
    """Start a run, and stop it at the end of the block."""
    run = Run(data_dir, targets=targets, **environment)
    run.start()
    try:
        yield run
    finally:
        if run.process and run.process.poll() is None:
            run.stop()


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Return an unused path for the data of a run. Shells and configurations misread it without quotes."""
    return tmp_path / "my 'own' \"films\", a;b{c}#d$HOME é\n"
