"""Decoding of a saved page in an unknown encoding."""

import codecs
import re

_DECLARED = re.compile(rb"""<meta\s[^>]{0,300}?charset\s{0,9}=\s{0,9}["']?([\w.:-]{1,40})""", re.IGNORECASE)
_HEAD = 10_000
"""Bytes at the start of a page that are searched for a declared encoding."""
_WINDOWS = ("iso8859-1", "ascii")
"""Encodings that browsers decode as windows-1252 (https://encoding.spec.whatwg.org/#names-and-labels)."""


def saved_text(page: bytes, *, charset: str = "") -> str:
    """Return the text of a page.

    It is decoded as UTF-8 if possible, or else in `charset`, or else in the encoding that the page declares. Bytes that
    do not fit the encoding become U+FFFD.

    Args:
        page: The page as it was saved.
        charset: Encoding from the HTTP header, if it is known.
    """
    try:
        return page.decode("utf-8-sig")
    except UnicodeDecodeError:
        declared = _DECLARED.search(page, 0, _HEAD)
        return page.decode(_codec(charset or (declared[1].decode() if declared else "")), "replace")


def _codec(label: str) -> str:
    try:
        name = codecs.lookup(label).name
        b" ".decode(name, "replace")  # some codecs are not for text, or cannot replace errors
    except (LookupError, ValueError):
        return "utf-8"
    return "cp1252" if name in _WINDOWS else name
