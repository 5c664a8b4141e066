"""The code blocks of docs/clients.md."""

import re
from functools import cache

from tests.paths import ROOT

URL = "http://localhost:3000/api/movies/stream?replay=5&distinct=true"
"""The address in every program of the page. A test puts its own in its place."""

_SECTION = re.compile(r"^### (?P<name>.+?)$.*?^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@cache
def programs() -> dict[str, tuple[str, str]]:
    """Return the language and the text of the program of each client, by the heading above it."""
    return _blocks("## Clients of other projects")


def block(name: str) -> str:
    """Return the configuration of a proxy, by the heading above it."""
    return _blocks("## Behind a proxy")[name][1]


def _blocks(chapter: str) -> dict[str, tuple[str, str]]:
    """Return the first code block of each section of a chapter, with its language, by the section's heading."""
    page = (ROOT / "docs/clients.md").read_text().partition(f"{chapter}\n")[2]
    return {
        found["name"]: (found["language"], found["text"]) for found in _SECTION.finditer(page.partition("\n## ")[0])
    }
