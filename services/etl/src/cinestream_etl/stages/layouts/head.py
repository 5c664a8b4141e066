"""What the head of any title page says in the brackets behind the name: "Red Riding (TV Movie 2009) - IMDb"."""

import html as entities
import re

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
"""How a kind is called in English, on pages of any year, and IMDb's id of it; what is called nothing is a movie."""

_TITLE = re.compile(rb"<title[^>]{0,300}>([^<]{1,1000})</title", re.IGNORECASE)
_BRACKETS = re.compile(r"\(([^()]{4,60})\)(?=[^()]*$)")
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
MAX_HEAD = 200_000
"""How far into a page its title is looked for, in bytes."""


def brackets(title: str) -> str:
    """What stands in the last brackets of a page's title; "" of one without; "⭐ 8.7 | Drama" may follow them."""
    found = _BRACKETS.search(title)
    return found[1] if found else ""


def page_brackets(html: bytes) -> str:
    """The same of the `<title>` of a page that nobody has parsed."""
    found = _TITLE.search(html, 0, MAX_HEAD)
    return brackets(entities.unescape(found[1].decode("utf-8", "replace"))) if found else ""


def kind(said: str) -> str | None:
    """The kind that a text begins with, or None."""
    return next((kind for begin, kind in KINDS if said.startswith(begin)), None)


def year(said: str) -> int | None:
    """The first year in a text."""
    found = _YEAR.search(said)
    return int(found[1]) if found else None
