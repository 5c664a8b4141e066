"""The code blocks of docs/clients.md."""

import re
from functools import cache

from tests.paths import ROOT

URL = "http://localhost:3000/api/movies/stream?replay=5&distinct=true"
"""The address in every program of the page. A test puts its own in its place."""

_SECTION = re.compile(r"^### (.+)$", re.MULTILINE)
_BLOCK = re.compile(r"^```(\w+)\n((?:(?!```).*\n)*+)```$", re.MULTILINE)


@cache
def blocks(chapter: str) -> dict[str, list[tuple[str, str]]]:
    """Return the code blocks of each section of a chapter, each with its language, by the section's heading."""
    page = (ROOT / "docs/clients.md").read_text()
    _, *parts = _SECTION.split(page.partition(f"## {chapter}\n")[2].partition("\n## ")[0])
    return {name: _BLOCK.findall(text) for name, text in zip(parts[::2], parts[1::2], strict=True)}


def program(client: str) -> tuple[str, str]:
    """Return the language and the text of the program of a client."""
    return blocks("Clients of other projects")[client][0]


def configuration(proxy: str, part: int = 0) -> str:
    """Return a part of the configuration of a proxy."""
    return blocks("Behind a proxy")[proxy][part][1]
