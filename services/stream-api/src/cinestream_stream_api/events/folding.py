"""The compared form of names and words. Pure."""

import re
import unicodedata
from functools import lru_cache

from cinestream.contracts.text import normalized

_ASCII_WORD = re.compile("[a-z0-9]+")
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
    | dict.fromkeys(map(chr, [*range(0x300, 0x370), *range(0xFE00, 0xFE10)]), "")
)
"""Letters that Unicode does not decompose, as a keyboard without them types them.

The usual combining marks and the variation selectors are dropped.
"""


def fold_text(text: str) -> str:
    """Return a text in its compared form: letters and digits without accents and case, words separated by one space.

    Composed and decomposed characters (NFC and NFD) give the same result. A text without letters and digits gives "".
    """
    letters = text.lower() if text.isascii() else normalized("NFKD", text).casefold().translate(_PLAIN)
    if letters.isascii():
        return " ".join(_ASCII_WORD.findall(letters))
    return " ".join("".join(map(_folded, letters)).split())


def _folded(letter: str) -> str:
    # A mark without a combining class is a letter of its own: a vowel in Hindi or Thai.
    category = unicodedata.category(letter)
    if unicodedata.combining(letter) or category == "Cf":
        return ""
    return letter if letter.isalnum() or category.startswith("M") else " "


@lru_cache(maxsize=4096)
def fold(name: str) -> str:
    """Return a name in its compared form. The results for the last names are kept."""
    return fold_text(name)
