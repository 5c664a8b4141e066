"""Letterboxd's import files: their CSV, which is not everyone's, in parts of at most 1 MB."""

import csv
import io
import os
import re
import shutil
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from cinestream.contracts.errors import Invalid
from cinestream_flow import atomic
from cinestream_trakt_export.i18n.messages import say
from cinestream_trakt_export.letterboxd.diary import IDENTITY
from cinestream_trakt_export.library.values import Row, Skipped

PART_BYTES = 1_000_000
_FILM = len(IDENTITY)
_QUOTED = re.compile(r'[,"\n]')
_UNUSUAL = re.compile(r'[,"\n\r\\]')
_SKIPPED_HEADER = ["export", "id", "title", "reason"]


def field(value: str) -> str:
    """A field. Quotes are escaped by a backslash, as Letterboxd wants it, and every field that holds one is quoted.

    What a backslash of one's own means to their reader is not documented, so none is written: it becomes a slash.
    """
    bare = value == value.strip()  # blanks at its ends would get lost outside of quotes
    if bare and not _UNUSUAL.search(value):
        return value
    value = value.replace("\\", "/").replace("\r", "")
    if not bare or _QUOTED.search(value):
        return '"' + value.replace('"', '\\"') + '"'
    return value


def _fields(values: Row) -> str:
    return ",".join([value if value.isalnum() else field(value) for value in values])


_of_film = lru_cache(maxsize=64)(_fields)  # its rows follow each other
_of_viewing = lru_cache(maxsize=4096)(_fields)  # days return


def line(values: Row) -> bytes:
    """A line of the file."""
    film, viewing = values[:_FILM], values[_FILM:]
    return f"{_of_film(film)},{_of_viewing(viewing)}\n".encode() if viewing else f"{_of_film(film)}\n".encode()


class Parts:
    """The parts of one export, written beside the old ones, which `publish` replaces.

    Args:
        folder: where the files go: `<name>-001.csv` and so on.
        name: of the export.
        columns: the header of each part.
        part_bytes: no part is larger.
        buffer_size: bytes that are gathered before they are written to the disk.
    """

    def __init__(
        self, folder: Path, name: str, columns: Row, *, part_bytes: int = PART_BYTES, buffer_size: int = 8192
    ) -> None:
        self.rows = 0
        self._folder, self._name, self._limit, self._buffer_size = folder, name, part_bytes, buffer_size
        self._header = line(columns)
        self._unfinished = folder / f".{name}.unfinished"
        shutil.rmtree(self._unfinished, ignore_errors=True)
        self._unfinished.mkdir(parents=True)
        self._paths: list[Path] = []
        self._file = self._next()

    def _next(self) -> BinaryIO:
        path = self._unfinished / f"{self._name}-{len(self._paths) + 1:03}.csv"
        self._paths.append(path)
        file = path.open("wb", buffering=self._buffer_size)
        self._size = file.write(self._header)
        return file

    def add(self, row: Row) -> None:
        """Write a row, its fields in the order of the columns; raises Invalid for one that fits into no part."""
        encoded = line(row)
        size = len(encoded)
        if self._size + size > self._limit:
            if len(self._header) + size > self._limit:
                raise Invalid(say("skipped.large", size=size))
            self._close()
            self._file = self._next()
        self._file.write(encoded)
        self._size += size
        self.rows += 1

    def publish(self) -> list[Path]:
        """Put the finished parts in the place of all old ones; doing it again after a kill gives the same files."""
        self._close()
        names = {path.name for path in self._paths}
        published = [path.replace(self._folder / path.name) for path in self._paths]
        for old in self._folder.glob(f"{self._name}-[0-9][0-9][0-9].csv"):
            if old.name not in names:
                old.unlink()
        self._unfinished.rmdir()
        atomic.sync_folder(self._folder)
        return published

    def discard(self) -> None:
        """Leave the old parts as they are."""
        self._file.close()
        shutil.rmtree(self._unfinished, ignore_errors=True)

    def _close(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()


def write_skipped(folder: Path, name: str, skipped: Iterable[Skipped]) -> None:
    """Say in `skipped.csv` (usual CSV) what the export `name` left out; what other exports said there stays."""
    path = folder / "skipped.csv"
    others: list[list[str]] = []
    if path.exists():
        with path.open(newline="", encoding="utf-8") as file:
            others = [row for row in csv.reader(file) if len(row) == 4 and row[0] not in (name, "export")]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_SKIPPED_HEADER)
    writer.writerows(sorted([*others, *([name, *one] for one in skipped)]))
    atomic.write(path, text.getvalue().encode())
