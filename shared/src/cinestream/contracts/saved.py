"""The text of a page that somebody saved: in the encoding that it came in, whatever that was."""

import codecs
import re

_DECLARED = re.compile(rb"""<meta\s[^>]{0,300}?charset\s{0,9}=\s{0,9}["']?([\w.:-]{1,40})""", re.IGNORECASE)
_HEAD = 10_000
"""How far into a page its encoding is looked for, in bytes."""
_WINDOWS = ("iso8859-1", "ascii")
"""What browsers read as windows-1252 (https://encoding.spec.whatwg.org/#names-and-labels)."""


def saved_text(page: bytes, *, charset: str = "") -> str:
    """The text of a page: UTF-8 if it can be, else in `charset`, else in the encoding that the page itself declares.

    What is not of that encoding becomes U+FFFD.
    """
    try:
        return page.decode("utf-8-sig")
    except UnicodeDecodeError:
        declared = _DECLARED.search(page, 0, _HEAD)
        return page.decode(_codec(charset or (declared[1].decode() if declared else "")), "replace")


def _codec(label: str) -> str:
    try:
        name = codecs.lookup(label).name
        b" ".decode(name, "replace")  # not every codec is one of text, or can go on after a fault
    except (LookupError, ValueError):
        return "utf-8"
    return "cp1252" if name in _WINDOWS else name
