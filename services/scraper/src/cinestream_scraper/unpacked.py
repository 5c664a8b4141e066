"""An archive as its reader sees it: unpacked if it is packed by gzip, and an error where it is damaged.

warcio by itself takes a damaged or cut archive for one that has ended.
"""

import gzip
import zlib
from typing import IO

_GZIP = b"\x1f\x8b"


class Unpacked:
    """Reads a file from its start."""

    def __init__(self, file: IO[bytes]) -> None:
        packed = file.read(len(_GZIP)) == _GZIP
        file.seek(0)
        # One step at a time, so that what is good before a damage is not lost with it.
        self._read = gzip.GzipFile(fileobj=file).read1 if packed else file.read

    def read(self, size: int = -1) -> bytes:
        """The next bytes; none at the end.

        Raises:
            ValueError: the file is damaged, or ends too early.
            OSError: it cannot be read.
        """
        try:
            return self._read(size)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise ValueError(str(error)) from error
