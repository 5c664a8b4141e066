"""The structure of the sources, as far as import contracts cannot check it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import cinestream_stream_api

COLLABORATORS = {"hub", "tail", "history", "scheduler", "waker", "limiter", "subscriber", "streams", "scan", "parts"}


def reaches(tree: ast.AST) -> Iterator[str]:
    """Yield each expression like `hub.tail.ring`, which takes a part of a collaborator's part."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(part := node.value, ast.Attribute):
            owner = part.value
            name = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
            if name.removeprefix("_") in COLLABORATORS:
                yield ast.unparse(node)


def test_no_module_reaches_through_a_collaborator() -> None:
    """A module is given the parts that it needs, instead of taking them out of another object."""
    sources = Path(str(cinestream_stream_api.__file__)).parent
    found = {str(path): list(reaches(ast.parse(path.read_text()))) for path in sources.rglob("*.py")}
    assert len(found) > 40
    assert {path: expressions for path, expressions in found.items() if expressions} == {}


def test_a_reach_is_found() -> None:
    """The check above finds parts of parts, and lets parts pass."""
    assert list(reaches(ast.parse("self._hub.tail.ring\nhub.metrics.gaps\nhub.end()\ntail.ring"))) == [
        "self._hub.tail.ring",
        "hub.metrics.gaps",
    ]
