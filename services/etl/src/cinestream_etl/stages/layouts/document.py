"""Access to JSON whose shape is not specified. A value that is absent or of another type is None or empty."""

from collections.abc import Iterator
from typing import Any

Json = Any

MAX_EACH = 3_000
"""Items of a list that are read. The validation refuses a title with so many."""
MAX_TEXT = 120_000
"""Characters of an escaped text that are read. The validation refuses a text of that length."""


def at(node: Json, *path: str | int) -> Json:
    """Return the value at the end of the path, or None."""
    for step in path:
        if isinstance(step, str):
            node = node.get(step) if isinstance(node, dict) else None
        else:
            node = node[step] if isinstance(node, list) and len(node) > step else None
    return node


def text(node: Json, *path: str | int) -> str | None:
    """Return the text at the end of the path, or None if it is empty."""
    value = at(node, *path)
    return value if isinstance(value, str) and value else None


def whole(node: Json, *path: str | int) -> int | None:
    """Return the integer at the end of the path, or None."""
    value = at(node, *path)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def number(node: Json, *path: str | int) -> float | None:
    """Return the number at the end of the path, or None."""
    value = at(node, *path)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def each(node: Json, *path: str | int) -> Iterator[Json]:
    """Yield the items of the list at the end of the path."""
    value = at(node, *path)
    yield from value[:MAX_EACH] if isinstance(value, list) else ()


def texts(nodes: Iterator[Json], *path: str | int) -> Iterator[str]:
    """Return the texts at the end of the path, from the nodes that have one."""
    return (found for node in nodes if (found := text(node, *path)))
