"""The Python files of the repository as syntax trees, with the values of their expressions."""

import ast
import builtins
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

FOLDERS = ("bench", "cli", "demo", "docs", "services", "shared", "tests", "tools")
SAMPLES: dict[str, dict[str, Any]] = {
    "tests/e2e/conftest.py:left_over": {"data": "/data", "ports": ["1", "2"]},
    "tests/tools/growth.py:slow_pump": {"pattern": "", "flags": 0},  # it tests the expressions that are listed here
}
"""Values of local names, by the path and function of the expressions that are made from them."""

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)


class Unresolved(Exception):
    """An expression whose pattern cannot be worked out. The text is its place and source."""


class SourceFile:
    """A Python file as a tree in which each node knows its parent."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.tree = ast.parse(text)
        self.parents = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    def enclosing(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield the nodes around a node, the nearest first."""
        while (parent := self.parents.get(node)) is not None:
            yield (node := parent)

    def unresolved(self, node: ast.AST) -> Unresolved:
        """Return the error for an expression in this file."""
        return Unresolved(f"{self.path}:{getattr(node, 'lineno', 0)}: {ast.unparse(node)}")

    def values(self, node: ast.expr) -> list[Any]:
        """Return the values that an expression takes: several in a comprehension.

        Raises:
            Unresolved: it depends on names that are neither global nor in `SAMPLES`.
        """
        around = [n for n in self.enclosing(node) if isinstance(n, _COMPREHENSIONS)]
        shapes: list[ast.expr] = [node, *(ast.ListComp(node, _without_conditions(outer)) for outer in around[:1])]
        for shape in (*shapes, *(_Unescaped().visit(ast.parse(ast.unparse(n), mode="eval").body) for n in shapes)):
            try:
                found = self._value(shape, self._samples(node))
            except Exception:  # noqa: S112 - whatever an unknown name leads to
                continue
            return list(dict.fromkeys(found)) if isinstance(shape, ast.ListComp) else [found]
        raise self.unresolved(node)

    def _samples(self, node: ast.AST) -> dict[str, Any]:
        names = [n.name for n in self.enclosing(node) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
        return {key: value for name in names for key, value in SAMPLES.get(f"{self.path}:{name}", {}).items()}

    def _value(self, node: ast.expr, samples: dict[str, Any]) -> Any:
        known: dict[str, Any] = {"re": re, **samples}
        names = [name for name in ast.walk(node) if isinstance(name, ast.Name)]
        bound = {name.id for name in names if isinstance(name.ctx, ast.Store)} | known.keys() | vars(builtins).keys()
        if {name.id for name in names} - bound:
            known = {**vars(import_module(_module_name(self.path))), **samples}
        return eval(compile(ast.fix_missing_locations(ast.Expression(node)), self.path, "eval"), known)  # noqa: S307


def _without_conditions(node: Any) -> list[ast.comprehension]:
    return [ast.comprehension(part.target, part.iter, [], part.is_async) for part in node.generators]


class _Unescaped(ast.NodeTransformer):
    """Replaces `re.escape(…)` by a letter: an escaped text is literal, whatever it is."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Replace one call."""
        self.generic_visit(node)
        return ast.Constant("x") if ast.unparse(node.func) == "re.escape" else node


def _module_name(path: str) -> str:
    parts = Path(path.partition("/src/")[2] or path).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def source_files(root: Path) -> list[SourceFile]:
    """Return the Python files of the repository, sorted by path."""
    paths = sorted(
        path for folder in FOLDERS for path in (root / folder).rglob("*.py") if "node_modules" not in path.parts
    )
    return [SourceFile(str(path.relative_to(root)), path.read_text("utf-8")) for path in paths]
