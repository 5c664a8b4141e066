r"""The rows of IMDb's non-commercial data sets: gzipped TSV with a header line, `\N` for null, and no quoting.

The format is described at https://developer.imdb.com/non-commercial-datasets/. Files are streamed row by row, so memory
does not depend on their size.
"""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from cinestream.contracts import Invalid
from cinestream_flow.message import Message

NULL = "\\N"


def rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield these columns of every row, in the order of the file.

    Raises:
        Invalid: the file is not such a data set, or it is truncated. The message names the line.
    """
    number = 1
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="\n") as lines:
            header = next(lines, "").rstrip("\n").split("\t")
            if missing := [column for column in columns if column not in header]:
                raise Invalid(
                    Message(
                        "{path}: no column {missing}; give the files in the order that --help shows",
                        path=path,
                        missing=", ".join(missing),
                    )
                )
            places = [header.index(column) for column in columns]
            for number, line in enumerate(lines, 2):
                values = line.rstrip("\n").split("\t")
                if len(values) != len(header):
                    raise Invalid(
                        Message(
                            "{path}, line {number:,}: {count} values instead of {expected}",
                            path=path,
                            number=number,
                            count=len(values),
                            expected=len(header),
                        )
                    )
                yield tuple(values[place] for place in places)
    except (EOFError, gzip.BadGzipFile, zlib.error, UnicodeDecodeError) as error:
        raise Invalid(
            Message("{path}, after line {number:,}: {error}; download it again", path=path, number=number, error=error)
        ) from error


def number(id: str) -> int:
    """Return the number of an id: 111161 for `tt0111161`.

    Raises:
        Invalid: the text is not an id.
    """
    if not (id[:2] in ("tt", "nm") and id[2:].isdecimal() and len(id) <= 12):
        raise Invalid(Message("expected an id like tt0111161 or nm0001104, got {id!r}", id=id[:40]))
    return int(id[2:])
