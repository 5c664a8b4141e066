"""The commands that README and docs show, as a reader would type them."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tests.paths import ROOT

DOCUMENTS = [ROOT / "README.md", ROOT / "README.fr.md", *sorted((ROOT / "docs").glob("*.md"))]

_PROGRAM = re.compile(
    r"(\w+=\S+ )*(make|docker compose|(\.venv/bin/)?cinestream(-[a-z-]+)?|curl|wget|nats|printf|openssl|uv|\.) \S"
)
_FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_GENERATED = re.compile(r"<!-- generated:.*?<!-- end:.*?-->", re.DOTALL)
_INDENTED = re.compile(r"(?:^ {4}.*\n)+", re.MULTILINE)
_INLINE = re.compile(r"`([^`\n]+(?:\n[^`\n]+)?)`")
_COMMENT = re.compile(r"\s{2,}#.*$")


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
    text = _GENERATED.sub("", text)
    for language, block in _FENCED.findall(text):
        if not language:  # tests/foreign runs the programs, which have one
            yield from _lines(block)
    text = _FENCED.sub("", text)
    for block in _INDENTED.findall(text):
        yield from _lines(block)
    for code in _INLINE.findall(_INDENTED.sub("", text)):
        yield from _commands([" ".join(code.split())])


def _lines(block: str) -> Iterator[str]:
    lines = [line.strip().removeprefix("$ ") for line in block.replace("\\\n", " ").splitlines()]
    yield from _commands(_COMMENT.sub("", line) for line in lines)


def _commands(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        if _PROGRAM.match(text):
            yield " ".join(text.split())
