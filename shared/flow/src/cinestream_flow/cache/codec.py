"""What a kept answer looks like: a byte that says how, then the answer, compressed when that pays, or encrypted."""

import sys
from collections.abc import Callable

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

COMPRESS_OVER = 1000
"""Bytes from which on compression pays."""
_PLAIN, _ZSTD, _SECRET = b"p", b"z", b"s"


class Codec:
    """Encodes and decodes answers.

    Args:
        compression: whether what is over 1 KB is compressed.
        key: a Fernet key (32 bytes in URL-safe base64); empty: nothing is encrypted. Needs `cryptography`, which the
            extra `encryption` brings; raises ModuleNotFoundError without it, ValueError for what is no key.
    """

    def __init__(self, *, compression: bool = True, key: str = "") -> None:
        self._compression = compression
        self._encrypt: Callable[[bytes], bytes] | None = None
        self._decrypt: Callable[[bytes], bytes] | None = None
        if key:
            from cryptography.fernet import Fernet

            fernet = Fernet(key)
            self._encrypt, self._decrypt = fernet.encrypt, fernet.decrypt

    def encode(self, answer: bytes) -> bytes:
        """The form in which an answer is kept."""
        packed = self._compression and len(answer) > COMPRESS_OVER
        kept = _ZSTD + zstd.compress(answer) if packed else _PLAIN + answer
        return _SECRET + self._encrypt(kept) if self._encrypt else kept

    def decode(self, kept: bytes) -> bytes | None:
        """The answer; None when it cannot be read: damaged, or written with another key, or without one."""
        try:
            return self._decoded(kept)
        except Exception:  # the cure is always the same: ask again
            return None

    def _decoded(self, kept: bytes) -> bytes | None:
        how, rest = kept[:1], kept[1:]
        if (how == _SECRET) != (self._decrypt is not None):
            return None
        if self._decrypt is not None:
            rest = self._decrypt(rest)
            how, rest = rest[:1], rest[1:]
        return bytes(zstd.decompress(rest)) if how == _ZSTD else rest
