"""An archive as its reader sees it: unpacked if it is packed by gzip (RFC 1952), and an error where it is damaged.

warcio by itself takes a damaged or cut archive for one that has ended.
"""

import lzma
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
        self._packed = b""
        self._member: zlib._Decompress | None = None
        self._ahead = b""
        self._is_packed = self._more(len(_GZIP)) == _GZIP
        file.seek(0)

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most `size`; none at the end.

        Raises:
            ValueError: the file is damaged, or ends too early.
            OSError: it cannot be read.
        """
        if not self._is_packed or size == 0:
            return self._more(size)
        most = size if size > 0 else _BLOCK
        while not self._ahead and (member := self._member or self._begun()):
            self._ahead = self._unpacked(member, most)
        given, self._ahead = self._ahead[:most], self._ahead[most:]
        return given

    def settle(self) -> None:
        """Look ahead for the sum of what was read last, near if that is packed by itself; never into what follows.

        Raises:
            ValueError: what was read last may be damaged.
            OSError: the file cannot be read.
        """
        while self._member and len(self._ahead) < _BLOCK:
            self._ahead += self._unpacked(self._member, _BLOCK)

    def _begun(self) -> "zlib._Decompress | None":
        while not (packed := self._packed.lstrip(b"\0")):  # gzip reads over padding, too
            self._packed = self._more(_BLOCK)
            if not self._packed:
                return None
        self._packed, self._member = packed, zlib.decompressobj(_WITH_GZIP_HEADER)
        return self._member

    def _unpacked(self, member: "zlib._Decompress", most: int) -> bytes:
        self._packed = self._packed or self._more(_BLOCK)
        if not self._packed:
            raise ValueError("it ends too early")
        try:
            given = member.decompress(self._packed, most)
        except zlib.error as error:
            raise ValueError(str(error)) from error
        self._packed = member.unused_data or member.unconsumed_tail
        if member.eof:  # and its sum is right
            self._member = None
        return given

    def _more(self, size: int) -> bytes:
        try:
            return self._file.read(size)
        except (EOFError, lzma.LZMAError, zlib.error) as error:  # of the package that it is in
            raise ValueError(str(error)) from error
