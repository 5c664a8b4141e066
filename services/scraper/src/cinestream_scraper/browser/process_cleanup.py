"""The clean end of browsers: every process and file of a browser belongs to a `BrowserRun` and is found by it.

Each browser process inherits an environment variable that names the run and the session. So it can be found after any
crash, and no other process is ever killed. A run holds a lock as long as its scraper runs. A run without its lock is
abandoned, and the next scraper on the machine cleans it up.
"""

import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Self

import urllib3.exceptions

from cinestream_flow.logger import get_logger
from cinestream_scraper.browser.grid import send
from cinestream_scraper.browser.processes import MARK, kill_marked

log = get_logger("scraper")

_REMOTE = "remote-session"
_RUN_NAME = re.compile(r"[0-9a-f]{16}")
_TIMEOUT_SECONDS = 1.0


class BrowserRun:
    """The browsers of one scraper process: a directory under the state directory, its lock, and a mark."""

    def __init__(self, directory: Path, lock: IO[bytes]) -> None:
        self.directory = directory
        self._lock = lock

    @classmethod
    def begin(cls, state: Path) -> Self:
        """Clean up what killed scrapers left in the state directory, and begin a new run.

        Raises:
            OSError: the directory cannot be written.
        """
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        # One scraper at a time: another one could take a new run, not locked yet, for an abandoned one.
        with _locked(state / "lock"):
            for directory in state.iterdir():
                if _is_run(directory) and _is_abandoned(directory):
                    log.info("leftovers.cleaned", run=directory.name, processes=kill_marked(directory.name))
                    _end_remote_sessions(directory)
                    shutil.rmtree(directory, ignore_errors=True)
            directory = state / secrets.token_hex(8)
            directory.mkdir(mode=0o700)
            lock = (directory / "lock").open("wb")
            fcntl.flock(lock, fcntl.LOCK_EX)
        return cls(directory, lock)

    def session(self, name: str) -> "SessionFiles":
        """Make the directory of a new browser session."""
        directory = self.directory / name
        (directory / "tmp").mkdir(parents=True)
        return SessionFiles(directory, f"{self.directory.name}/{name}")

    def end(self) -> None:
        """Kill the processes that still run, and remove the files."""
        kill_marked(self.directory.name)
        _end_remote_sessions(self.directory)
        shutil.rmtree(self.directory, ignore_errors=True)
        self._lock.close()


class SessionFiles:
    """The directory of one browser session, and the mark of its processes."""

    def __init__(self, directory: Path, mark: str) -> None:
        self.directory = directory
        self.mark = mark

    @property
    def environment(self) -> dict[str, str]:
        """The environment for the driver: marked, and with all temporary files in this directory."""
        return {**os.environ, MARK: self.mark, "TMPDIR": str(self.directory / "tmp")}

    def note_remote(self, url: str) -> None:
        """Store the address of a session on a Selenium server: it would take up one of its places if it stayed open."""
        # The directory may be gone: the session was killed while the browser started.
        self.directory.mkdir(parents=True, exist_ok=True)
        (file := self.directory / _REMOTE).touch(mode=0o600)  # the address may contain a password
        file.write_text(url)

    def kill(self) -> None:
        """Kill all processes of the session, and end it on its Selenium server."""
        kill_marked(self.mark)
        _end_remote_sessions(self.directory)

    def remove(self) -> None:
        """Remove the directory."""
        shutil.rmtree(self.directory, ignore_errors=True)


def _end_remote_sessions(directory: Path) -> None:
    # The directory of a run, or of a session. No deeper: a dying browser still removes its own files there.
    for file in (directory / _REMOTE, *directory.glob(f"*/{_REMOTE}")):
        try:
            url = file.read_text()
        except OSError:  # there is none, or another thread has just ended the session
            continue
        with suppress(urllib3.exceptions.HTTPError, ValueError):  # a damaged file must not keep a scraper from starting
            send("DELETE", url, timeout_seconds=_TIMEOUT_SECONDS)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_run(directory: Path) -> bool:
    """Return True if a run made the directory. Other programs may use the state directory, too."""
    if not _RUN_NAME.fullmatch(directory.name) or directory.is_symlink() or not directory.is_dir():
        return False
    # A run that was killed right after its start has no lock yet, and nothing else.
    return (directory / "lock").is_file() or not any(directory.iterdir())


def _is_abandoned(directory: Path) -> bool:
    try:
        with (directory / "lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
