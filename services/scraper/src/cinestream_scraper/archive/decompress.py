"""A reader of archives that decompresses gzip (RFC 1952) and reports damage.

warcio's own reader takes a damaged or truncated archive for one that has ended.
"""

import lzma
import zlib
from typing import IO

from cinestream_flow.message import Message

_GZIP_MAGIC = b"\x1f\x8b"
_BLOCK_BYTES = 1 << 16
_WITH_GZIP_HEADER = 16 + zlib.MAX_WBITS


class DecompressedReader:
    """Reads a file from its start, decompressed if it is compressed. The bytes before a damage are returned first."""

    def __init__(self, file: IO[bytes]) -> None:
        """Detect the compression. Raises as `read` does."""
        self._file = file
        self._compressed = b""
        self._member: zlib._Decompress | None = None
        self._ahead = b""
        self._is_compressed = self._read_file(len(_GZIP_MAGIC)) == _GZIP_MAGIC
        file.seek(0)

    def read(self, size: int = -1) -> bytes:
        """Return at most `size` bytes, and none at the end.

        Raises:
            ValueError: the file is damaged or truncated.
            OSError: the file cannot be read.
        """
        if not self._is_compressed or size == 0:
            return self._read_file(size)
        max_bytes = size if size > 0 else _BLOCK_BYTES
        while not self._ahead and (member := self._member or self._next_member()):
            self._ahead = self._decompress(member, max_bytes)
        data, self._ahead = self._ahead[:max_bytes], self._ahead[max_bytes:]
        return data

    def verify(self) -> None:
        """Read ahead to the checksum of what was read last, if it is near. Never reads into the next member.

        A record that is compressed by itself, as is usual, ends there.

        Raises:
            ValueError: what was read last may be damaged.
            OSError: the file cannot be read.
        """
        while self._member and len(self._ahead) < _BLOCK_BYTES:
            self._ahead += self._decompress(self._member, _BLOCK_BYTES)

    def _next_member(self) -> "zlib._Decompress | None":
        while not (compressed := self._compressed.lstrip(b"\0")):  # gzip skips padding as well
            self._compressed = self._read_file(_BLOCK_BYTES)
            if not self._compressed:
                return None
        self._compressed, self._member = compressed, zlib.decompressobj(_WITH_GZIP_HEADER)
        return self._member

    def _decompress(self, member: "zlib._Decompress", max_bytes: int) -> bytes:
        self._compressed = self._compressed or self._read_file(_BLOCK_BYTES)
        if not self._compressed:
            raise ValueError(Message("the file is truncated"))
        try:
            data = member.decompress(self._compressed, max_bytes)
        except zlib.error as error:
            raise ValueError(str(error)) from error
        self._compressed = member.unused_data or member.unconsumed_tail
        if member.eof:  # zlib has compared its checksum
            self._member = None
        return data

    def _read_file(self, size: int) -> bytes:
        try:
            return self._file.read(size)
        except (EOFError, lzma.LZMAError, zlib.error) as error:  # errors of the package that contains the file
            raise ValueError(str(error)) from error
