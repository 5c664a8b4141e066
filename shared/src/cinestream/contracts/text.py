"""Operations on texts of others, in time that is linear in the length of the text."""

import html
import re
import unicodedata
from typing import Literal

MAX_MARKS = 30
"""Combining marks in a row. No language has more (Stream-Safe Text Format, https://www.unicode.org/reports/tr15/)."""

_FIRST_MARK = "\u0300"
_CREDENTIALS = re.compile(r"(?<=://)[^/?#\s]*(?=@)")


def normalized(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """Return a text in a Unicode normal form. Marks beyond `MAX_MARKS` in a row are dropped.

    Normalizing takes time that is quadratic in the length of such a row.
    """
    return unicodedata.normalize(form, text if _is_stream_safe(text) else _stream_safe(text))


def _is_stream_safe(text: str) -> bool:
    # A character can decompose into several marks, but not into more than two that follow each other without a base.
    if text.isascii() or len(text) <= MAX_MARKS or max(text) < _FIRST_MARK:
        return True
    classes = bytes(map(unicodedata.combining, text))
    return max(map(len, classes.split(b"\0"))) <= MAX_MARKS


def _stream_safe(text: str) -> str:
    kept, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= MAX_MARKS:
            kept.append(character)
    return "".join(kept)


def unescaped(text: str, max_length: int) -> str:
    """Return at most the first `max_length` characters of a text, without the entities of HTML."""
    text = text[:max_length]
    try:
        return html.unescape(text)
    except ValueError:  # the number of a character has thousands of digits
        return text


def masked(text: str) -> str:
    """Return a text without the user names and passwords in its addresses."""
    return _CREDENTIALS.sub("***", text)
