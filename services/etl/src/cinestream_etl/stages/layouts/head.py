"""The kind and year in the brackets of a page's `<title>`: "Red Riding (TV Movie 2009) - IMDb"."""

import re

from cinestream.contracts.text import unescaped

KINDS = (
    ("TV Mini", "tvMiniSeries"),
    ("TV Series", "tvSeries"),
    ("TV Episode", "tvEpisode"),
    ("Episode aired", "tvEpisode"),
    ("TV Movie", "tvMovie"),
    ("TV Special", "tvSpecial"),
    ("TV Short", "tvShort"),
    ("Video Game", "videoGame"),
    ("Music Video", "musicVideo"),
    ("Video", "video"),
    ("Short", "short"),
    ("Podcast Series", "podcastSeries"),
    ("Podcast Episode", "podcastEpisode"),
)
"""The English name of each kind on pages of any year, and IMDb's id of it. A title without such a name is a movie."""

_TITLE = re.compile(rb"<title[^>]{0,300}>([^<]{1,1000})</title", re.IGNORECASE)
_BRACKETS = re.compile(r"\(([^()]{4,60})\)(?=[^()]*$)")
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
MAX_HEAD = 200_000
"""Bytes at the beginning of a page in which its `<title>` is searched."""


def brackets(title: str) -> str:
    """Return the text in the last brackets of a page's title, or "".

    Other text may follow the brackets: "⭐ 8.7 | Drama".
    """
    found = _BRACKETS.search(title)
    return found[1] if found else ""


def page_brackets(html: bytes) -> str:
    """Return the text in the last brackets of a page's `<title>`, without an HTML parser."""
    found = _TITLE.search(html, 0, MAX_HEAD)
    return brackets(unescaped(found[1].decode("utf-8", "replace"), 1000)) if found else ""


def kind(text: str) -> str | None:
    """Return the kind whose name a text begins with, or None."""
    return next((kind for begin, kind in KINDS if text.startswith(begin)), None)


def year(text: str) -> int | None:
    """Return the first year in a text, or None."""
    found = _YEAR.search(text)
    return int(found[1]) if found else None
