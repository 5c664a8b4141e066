"""A file for what does not fit into memory: quick, of one process, and gone when that is done with it."""

import sqlite3
from pathlib import Path
from types import TracebackType
from typing import Self

_PRAGMAS = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -512;
"""


class Scratch:
    """A SQLite file with these tables. It lives as long as this object; one that a killed process left is replaced."""

    def __init__(self, path: Path, tables: str) -> None:
        self._path = path
        path.unlink(missing_ok=True)
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.executescript(_PRAGMAS + tables)
        self.db.execute("BEGIN")  # for good: nobody else reads the file, and what is not flushed need not be

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.db.close()
        self._path.unlink(missing_ok=True)
