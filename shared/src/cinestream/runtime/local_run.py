"""The local run (`make run`) that holds a data directory, as other commands find it.

The run writes the file `run.json` into its data directory, and removes it when it ends. It has the passwords of the
NATS users, so only the user who started the run can read it. The run holds a lock on the file: a file without one was
left behind by a run that was killed. This module imports the standard library only.
"""

import fcntl
import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

CONFIG = "CINESTREAM_CONFIG"
DATA_DIR = "CINESTREAM_DATA_DIR"
DEFAULT_DATA_DIR = ".cinestream"
RUN_FILE = "run.json"


@dataclass(frozen=True)
class LocalRun:
    """The addresses and credentials of a local run.

    Attributes:
        pid: process id of `cinestream-run`.
        started_at: time of its start, RFC 3339 in UTC.
        nats_url: address of its NATS server.
        passwords: password of each NATS user.
        ops: address of the ops endpoints of each service, by the name of the service.
        stream_url: address of the page that shows the films.
        site: address of the site that is read.
    """

    pid: int
    started_at: str
    nats_url: str
    passwords: Mapping[str, str]
    ops: Mapping[str, str]
    stream_url: str
    site: str

    @contextmanager
    def published(self, directory: Path) -> Iterator[None]:
        """Write the file of the run, readable for this user only, and remove it at the end of the block.

        Args:
            directory: the data directory.

        Raises:
            OSError: the file cannot be written.
        """
        path = directory / RUN_FILE
        new = path.with_suffix(".new")
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            json.dump(asdict(self), file)
            file.flush()
            new.replace(path)
            try:
                yield
            finally:
                path.unlink(missing_ok=True)


def data_dir() -> Path:
    """Return the data directory of the local run.

    It is that of `CINESTREAM_DATA_DIR`, else `data_dir` in the TOML file of `CINESTREAM_CONFIG`, else `.cinestream` in
    this directory.
    """
    return Path(os.environ.get(DATA_DIR) or _configured(os.environ.get(CONFIG, "")) or DEFAULT_DATA_DIR)


def _configured(path: str) -> str:
    """Return the data directory that a TOML file names, or an empty string. Settings report a file that is wrong."""
    if not path:
        return ""
    try:
        return str(tomllib.loads(Path(path).read_text("utf-8")).get("data_dir", ""))
    except (OSError, ValueError):
        return ""


def find_run(directory: Path | None = None) -> LocalRun | None:
    """Return the run that holds a data directory, or None if none runs there.

    Args:
        directory: the data directory. By default that of `data_dir`.
    """
    try:
        with ((directory or data_dir()) / RUN_FILE).open(encoding="utf-8") as file:
            return LocalRun(**json.load(file)) if _is_locked(file.fileno()) else None
    except (OSError, ValueError, TypeError):
        return None


def _is_locked(file: int) -> bool:
    """Return True if a file is locked by whoever opened it elsewhere."""
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
