"""The stored form of a response: one byte for the encoding, then the response, compressed or encrypted."""

import sys
from collections.abc import Callable

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

COMPRESS_OVER = 1000
"""Bytes above which compression saves more than it costs."""
_PLAIN, _ZSTD, _ENCRYPTED = b"p", b"z", b"s"


class Codec:
    """Encoder and decoder of stored responses.

    Args:
        compression: True compresses responses over 1 KB with zstd.
        key: Fernet key (32 bytes in URL-safe base64) for encryption, or an empty string for none. Encryption needs
            `cryptography`, which the extra `encryption` installs.

    Raises:
        ModuleNotFoundError: A key is given and `cryptography` is not installed.
        ValueError: The key is not a Fernet key.
    """

    def __init__(self, *, compression: bool = True, key: str = "") -> None:
        self._compression = compression
        self._encrypt: Callable[[bytes], bytes] | None = None
        self._decrypt: Callable[[bytes], bytes] | None = None
        if key:
            from cryptography.fernet import Fernet

            fernet = Fernet(key)
            self._encrypt, self._decrypt = fernet.encrypt, fernet.decrypt

    def encode(self, response: bytes) -> bytes:
        """Return the stored form of a response."""
        compress = self._compression and len(response) > COMPRESS_OVER
        encoded = _ZSTD + zstd.compress(response) if compress else _PLAIN + response
        # Compressed first: encrypted bytes do not compress.
        return _ENCRYPTED + self._encrypt(encoded) if self._encrypt else encoded

    def decode(self, encoded: bytes) -> bytes | None:
        """Return the response, or None if it cannot be read because it is damaged or has another key."""
        try:
            return self._decode(encoded)
        except Exception:  # the caller requests the response again, whatever the reason is
            return None

    def _decode(self, encoded: bytes) -> bytes | None:
        encoding, rest = encoded[:1], encoded[1:]
        if (encoding == _ENCRYPTED) != (self._decrypt is not None):
            return None
        if self._decrypt is not None:
            rest = self._decrypt(rest)
            encoding, rest = rest[:1], rest[1:]
        return bytes(zstd.decompress(rest)) if encoding == _ZSTD else rest
