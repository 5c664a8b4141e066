r"""Rows of IMDb's non-commercial data sets: gzipped TSV, a header line, `\N` for null, no quoting.

Format: https://developer.imdb.com/non-commercial-datasets/. Streaming: a row at a time, whatever the size of the file.
"""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from cinestream.contracts import Invalid

NULL = "\\N"


def rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """These columns of every row, in the order of the file.

    Raises:
        Invalid: it is no such data set, or cut off; the line is named.
    """
    number = 1
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="\n") as lines:
            header = next(lines, "").rstrip("\n").split("\t")
            if missing := [column for column in columns if column not in header]:
                raise Invalid(f"{path}: no column {', '.join(missing)}; is it the data set of that name?")
            places = [header.index(column) for column in columns]
            for number, line in enumerate(lines, 2):
                values = line.rstrip("\n").split("\t")
                if len(values) != len(header):
                    raise Invalid(f"{path}, line {number:,}: {len(values)} values instead of {len(header)}")
                yield tuple(values[place] for place in places)
    except (EOFError, gzip.BadGzipFile, zlib.error, UnicodeDecodeError) as error:
        raise Invalid(f"{path}, after line {number:,}: {error}; download it again") from error


def number(id: str) -> int:
    """The number of an id: `tt0111161` is 111161.

    Raises:
        Invalid: that is no id.
    """
    if not (id[:2] in ("tt", "nm") and id[2:].isdecimal() and len(id) <= 12):
        raise Invalid(f"expected an id like tt0111161 or nm0001104, got {id[:40]!r}")
    return int(id[2:])
