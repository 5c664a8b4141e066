"""The commands that README and docs show, as a reader would type them."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from markdown_it import MarkdownIt
from tests.paths import ROOT

DOCUMENTS = [ROOT / "README.md", ROOT / "README.fr.md", *sorted((ROOT / "docs").glob("*.md"))]

_PROGRAM = re.compile(
    r"(\w+=\S+ )*(make|docker compose|(\.venv/bin/)?cinestream(-[a-z-]+)?|curl|wget|nats|printf|openssl|uv|\.) \S"
)


class Command(NamedTuple):
    """A command, with white space made single, and the document that shows it."""

    text: str
    document: str


def documented() -> list[Command]:
    """Return every command once for each document that shows it."""
    found = {
        Command(text, document.name): None
        for document in DOCUMENTS
        for text in commands_of(document.read_text("utf-8"))
    }
    return list(found)


def commands_of(text: str) -> Iterator[str]:
    """Yield the commands of a document: lines of its code blocks, and inline code."""
    generated = False
    for token in MarkdownIt().enable("table").parse(text):
        if token.type == "html_block":
            generated = "<!-- generated:" in token.content
        elif generated:
            continue
        elif token.type == "code_block" or (token.type == "fence" and not token.info):
            # tests/foreign runs the programs of the other blocks, which have a language.
            yield from _commands(_lines(token.content))
        else:
            yield from _commands(code.content for code in token.children or () if code.type == "code_inline")


def _lines(block: str) -> Iterator[str]:
    for line in block.replace("\\\n", " ").splitlines():
        yield line.strip().removeprefix("$ ").partition("  #")[0]


def _commands(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        if _PROGRAM.match(text):
            yield " ".join(text.split())
