"""The writer of Letterboxd's import files.

Their CSV differs from RFC 4180: a quote in a field is escaped by a backslash and not doubled. A file may have at most
1 MB, so an export is written in parts. Source: https://letterboxd.com/about/importing-data/.
"""

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
from cinestream_flow.message import Message, Translate
from cinestream_trakt_export.letterboxd.diary import IDENTITY
from cinestream_trakt_export.library.values import Row, Skipped

PART_BYTES = 1_000_000
_FILM = len(IDENTITY)
_QUOTED = re.compile(r'[,"\n]')
_UNUSUAL = re.compile(r'[,"\n\r\\]')
_SKIPPED_HEADER = ["export", "id", "title", "reason"]


def field(value: str) -> str:
    """Return a field as CSV.

    A quote is escaped by a backslash, and a field with a quote, a comma or a line break is quoted. Letterboxd does not
    document how its reader treats other backslashes, so they are replaced by slashes.
    """
    bare = value == value.strip()  # blanks at both ends would be lost without quotes
    if bare and not _UNUSUAL.search(value):
        return value
    value = value.replace("\\", "/").replace("\r", "")
    if not bare or _QUOTED.search(value):
        return '"' + value.replace('"', '\\"') + '"'
    return value


def _fields(values: Row) -> str:
    return ",".join([value if value.isalnum() else field(value) for value in values])


# The rows of a film follow each other, and the same days appear again and again.
_film_fields = lru_cache(maxsize=64)(_fields)
_viewing_fields = lru_cache(maxsize=4096)(_fields)


def line(values: Row) -> bytes:
    """Return a row as a line of the file, in UTF-8."""
    film, viewing = values[:_FILM], values[_FILM:]
    fields = f"{_film_fields(film)},{_viewing_fields(viewing)}\n" if viewing else f"{_film_fields(film)}\n"
    return fields.encode()


class CsvParts:
    """The files of one export. They are written beside those of an earlier export, and replace them at the end.

    Args:
        folder: the folder of the files, which are named `<name>-001.csv` and so on.
        name: the name of the export.
        columns: the header of each part.
        part_bytes: the largest size of a part in bytes.
        buffer_size: bytes that are collected before they are written to the disk.
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
        """Write a row, with its fields in the order of the columns. Raise Invalid if it is too large for any part."""
        encoded = line(row)
        size = len(encoded)
        if self._size + size > self._limit:
            if len(self._header) + size > self._limit:
                raise Invalid(Message("a row of {size:,} bytes does not fit into a file of Letterboxd", size=size))
            self._close()
            self._file = self._next()
        self._file.write(encoded)
        self._size += size
        self.rows += 1

    def publish(self) -> list[Path]:
        """Replace all files of the earlier export by the new parts, and return their paths.

        An export that is killed here and run again writes the same files.
        """
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
        """Delete the new parts. The files of the earlier export stay as they are."""
        self._file.close()
        shutil.rmtree(self._unfinished, ignore_errors=True)

    def _close(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()


def write_skipped(folder: Path, name: str, skipped: Iterable[Skipped], translate: Translate = str) -> None:
    """Write the items that an export left out to `skipped.csv`. Lines of other exports stay.

    Letterboxd does not import this file, so its quotes are doubled as usual.

    Args:
        folder: the folder of the file.
        name: the name of the export, which is the first field of its lines.
        skipped: the items.
        translate: translates the reasons.
    """
    path = folder / "skipped.csv"
    others: list[list[str]] = []
    if path.exists():
        with path.open(newline="", encoding="utf-8") as file:
            others = [row for row in csv.reader(file) if len(row) == 4 and row[0] not in (name, "export")]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_SKIPPED_HEADER)
    own = ([name, id, title, translate(reason)] for id, title, reason in skipped)
    writer.writerows(sorted([*others, *own]))
    atomic.write(path, text.getvalue().encode())
