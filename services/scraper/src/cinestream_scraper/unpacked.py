"""An archive as its reader sees it: unpacked if it is packed by gzip (RFC 1952), and an error where it is damaged.

warcio by itself takes a damaged or cut archive for one that has ended.
"""

import zlib
from typing import IO

_GZIP = b"\x1f\x8b"
_BLOCK = 1 << 16
_WITH_GZIP_HEADER = 16 + zlib.MAX_WBITS


class Unpacked:
    """Reads a file from its start. What is good before a damage is not lost with it."""

    def __init__(self, file: IO[bytes]) -> None:
        """Look at how it is packed; raises as `read` does."""
        self._file = file
        self._packed: bytes | None = None
        self._member: zlib._Decompress | None = None
        self._ahead = b""
        begins = self._more(len(_GZIP))
        file.seek(0)
        if begins == _GZIP:
            self._packed = b""

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most `size`; none at the end.

        Raises:
            ValueError: the file is damaged, or ends too early.
            OSError: it cannot be read.
        """
        if self._packed is None or size == 0:
            return self._more(size)
        most = size if size > 0 else _BLOCK
        given = self._ahead or self._unpacked(most)
        self._ahead = given[most:]
        return given[:most]

    def settle(self) -> None:
        """Look a step ahead, where the sum of what was read last must be if it is packed by itself.

        Raises:
            ValueError: what was read last may be damaged.
            OSError: the file cannot be read.
        """
        if self._member is not None and not self._ahead:
            self._ahead = self._unpacked(_BLOCK)

    def _unpacked(self, most: int) -> bytes:
        while self._packed or self._refilled():
            if self._member is None:
                self._member = zlib.decompressobj(_WITH_GZIP_HEADER)
            try:
                given = self._member.decompress(self._packed or b"", most)
            except zlib.error as error:
                raise ValueError(str(error)) from error
            if self._member.eof:  # and its sum is right
                self._packed, self._member = self._member.unused_data.lstrip(b"\0"), None
            else:
                self._packed = self._member.unconsumed_tail
            if given:
                return given
        if self._member is not None:
            raise ValueError("it ends too early")
        return b""

    def _refilled(self) -> bool:
        self._packed = self._more(_BLOCK)
        return bool(self._packed)

    def _more(self, size: int) -> bytes:
        try:
            return self._file.read(size)
        except (EOFError, zlib.error) as error:  # of the package that it is in
            raise ValueError(str(error)) from error
