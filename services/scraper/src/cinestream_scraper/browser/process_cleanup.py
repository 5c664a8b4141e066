"""Nothing is left behind: every process and file of a browser belongs to a `Run`, and is known by it.

Each browser process inherits an environment variable that names the run and the session, so that it can be
found after any crash, and nothing else is ever killed. The run holds a lock as long as its scraper lives;
a run without its lock is a leftover, which the next scraper on the machine cleans up.
"""

import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import structlog
import urllib3.exceptions

from cinestream_scraper.browser.grid import ask
from cinestream_scraper.browser.processes import MARK, kill_marked

log = structlog.get_logger("scraper")

_REMOTE = "remote-session"
_RUN = re.compile(r"[0-9a-f]{16}")
_PATIENCE = 1.0


class Run:
    """One life of a scraper: a directory under the state directory, its lock, and the marks of its browsers."""

    def __init__(self, directory: Path, lock: IO[bytes]) -> None:
        self.directory = directory
        self._lock = lock

    @classmethod
    def begin(cls, state: Path) -> "Run":
        """Clean up what killed scrapers left in the state directory, and begin a run of our own.

        Raises:
            OSError: the directory cannot be written.
        """
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _held(state / "lock"):
            for directory in state.iterdir():
                if _is_run(directory) and _is_abandoned(directory):
                    log.info("leftovers.cleaned", run=directory.name, processes=kill_marked(directory.name))
                    _end_remotes(directory)
                    shutil.rmtree(directory, ignore_errors=True)
            directory = state / secrets.token_hex(8)
            directory.mkdir(mode=0o700)
            lock = (directory / "lock").open("wb")
            fcntl.flock(lock, fcntl.LOCK_EX)
        return cls(directory, lock)

    def session(self, name: str) -> "SessionFiles":
        """A place for one browser session."""
        directory = self.directory / name
        (directory / "tmp").mkdir(parents=True)
        return SessionFiles(directory, f"{self.directory.name}/{name}")

    def end(self) -> None:
        """Kill what still runs, and remove the files."""
        kill_marked(self.directory.name)
        _end_remotes(self.directory)
        shutil.rmtree(self.directory, ignore_errors=True)
        self._lock.close()


class SessionFiles:
    """The directory of one browser session, and the mark of its processes."""

    def __init__(self, directory: Path, mark: str) -> None:
        self.directory = directory
        self.mark = mark

    @property
    def environment(self) -> dict[str, str]:
        """What the driver is started with: marked, and with every temporary file in this directory."""
        return {**os.environ, MARK: self.mark, "TMPDIR": str(self.directory / "tmp")}

    def note_remote(self, url: str) -> None:
        """Remember the address of a session on a Selenium server, which would hold its place there if it stayed."""
        self.directory.mkdir(parents=True, exist_ok=True)  # it may be removed by now: killed while it started
        (file := self.directory / _REMOTE).touch(mode=0o600)  # it may have a password
        file.write_text(url)

    def kill(self) -> None:
        """Kill every process of the session, and end it on a Selenium server."""
        kill_marked(self.mark)
        _end_remotes(self.directory)

    def remove(self) -> None:
        """Remove the directory."""
        shutil.rmtree(self.directory, ignore_errors=True)


def _end_remotes(directory: Path) -> None:
    # A run's directory, or a session's. No deeper: a dying browser still removes its own files there.
    for file in (directory / _REMOTE, *directory.glob(f"*/{_REMOTE}")):
        try:
            url = file.read_text()
        except OSError:  # there is none, or it was ended by another thread just now
            continue
        with suppress(urllib3.exceptions.HTTPError, ValueError):  # a file that is damaged keeps nobody from starting
            ask("DELETE", url, wait=_PATIENCE)


@contextmanager
def _held(path: Path) -> Iterator[None]:
    with path.open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_run(directory: Path) -> bool:
    """Whether a run made it; the state directory may be one that others use too."""
    if not _RUN.fullmatch(directory.name) or directory.is_symlink() or not directory.is_dir():
        return False
    # Killed when it had just been made, a run has no lock yet, and nothing else.
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
