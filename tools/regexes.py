"""Lister of every regular expression in the repository, with the methods that apply it.

python tools/regexes.py  print one line per expression: place, methods, pattern

The exit code is 1 if there is an expression whose pattern cannot be worked out. Then write the pattern as a constant,
or add values of its local names to `SAMPLES` of `tools/python_source.py`.

Not listed, because no input of others reaches them:

- shell scripts, YAML and the Makefile: they read only files of this repository.
- `match=` of `pytest.raises`: it reads only messages of our own exceptions.
- JavaScript: the page and the demo have no regular expressions. `test_javascript_has_no_regular_expressions` checks it.
"""

import ast
import fnmatch
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from tools.python_source import SourceFile, Unresolved, source_files  # noqa: E402 - a script sees only its own folder

METHODS = frozenset({"match", "fullmatch", "search", "findall", "finditer", "split", "sub", "subn"})
_FLAGS_AT = {"compile": 1, "split": 3, "sub": 4, "subn": 4}
"""Position of the argument `flags` of the functions of `re`. It is 2 in all others."""
_HARMLESS = frozenset({"escape", "error", "Pattern", "Match", "RegexFlag", *re.RegexFlag.__members__})
_ATTRIBUTES = frozenset({"pattern", "flags", "groups", "groupindex"})
_SEARCH = frozenset({"search"})
_GLOBS = frozenset({"fnmatch", "fnmatchcase"})
_FIELDS = frozenset({"Field", "Query", "Path", "Header", "Body", "Cookie", "Form", "StringConstraints"})
"""Functions of pydantic and FastAPI that take a `pattern`, which they search for."""


@dataclass(frozen=True)
class Regex:
    """A regular expression: its place, its pattern with flags, and the methods that apply it."""

    path: str
    line: int
    pattern: str | bytes
    flags: int
    methods: frozenset[str]

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {', '.join(sorted(self.methods))}: {self.pattern!r}"


def _is_re(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "re"


def regexes_in(file: SourceFile, uses: dict[str, set[str]]) -> Iterator[Regex | Unresolved]:
    """Yield the expressions of a file. `uses` are the methods that are called on each global name."""
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Call):
            for site in _sites(file, node, uses):
                yield from _resolved(file, site)
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "pattern":
                    yield from _resolved(file, _Site(value, _SEARCH))
        elif _is_unknown_use(file, node):
            yield file.unresolved(node)


class _Site(NamedTuple):
    """A place where a pattern is given. A glob is translated into a pattern."""

    pattern: ast.expr
    methods: frozenset[str]
    flags: ast.expr | None = None
    is_glob: bool = False


def _sites(file: SourceFile, node: ast.Call, uses: dict[str, set[str]]) -> Iterator[_Site]:
    function = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    named = {keyword.arg: keyword.value for keyword in node.keywords}
    if _is_re(node.func) and function in METHODS | {"compile"}:
        at = _FLAGS_AT.get(function, 2)
        flags = named.get("flags") or (node.args[at] if len(node.args) > at else None)
        methods = frozenset({function}) if function in METHODS else _methods(file, node, uses)
        yield _Site(named.get("pattern") or node.args[0], methods, flags)
    elif function in _FIELDS and "pattern" in named:
        yield _Site(named["pattern"], _SEARCH)
    elif function in _GLOBS:
        yield _Site(node.args[1], frozenset({"match"}), is_glob=True)


def _resolved(file: SourceFile, site: _Site) -> Iterator[Regex | Unresolved]:
    try:
        [flags] = file.values(site.flags) if site.flags else [0]
        for text in file.values(site.pattern):
            pattern = fnmatch.translate(text) if site.is_glob else text
            yield Regex(file.path, site.pattern.lineno, pattern, int(flags), site.methods)
    except Unresolved as error:
        yield error


def _is_unknown_use(file: SourceFile, node: ast.AST) -> bool:
    """Return True for a use of `re` that the lister does not follow, like `map(re.compile, …)`."""
    if isinstance(node, ast.ImportFrom):
        return node.module == "regex" or (node.module == "re" and any(name.name[0] != "_" for name in node.names))
    if isinstance(node, ast.Import):
        return any(name.name == "regex" or (name.name == "re" and name.asname) for name in node.names)
    if not (isinstance(node, ast.Attribute) and _is_re(node)) or node.attr in _HARMLESS:
        return False
    parent = file.parents[node]
    return not (isinstance(parent, ast.Call) and parent.func is node)


def _methods(file: SourceFile, node: ast.Call, uses: dict[str, set[str]]) -> frozenset[str]:
    """Return the methods that are called on the name of a compiled expression: all if it has no name of its own."""
    parent = file.parents[node]
    assigned = file.parents[parent] if isinstance(parent, ast.Tuple) else parent
    target = assigned.targets[0] if isinstance(assigned, ast.Assign) else None
    if isinstance(parent, ast.Tuple):
        target = target.elts[parent.elts.index(node)] if isinstance(target, ast.Tuple) else None
    known = uses.get(_key(file, target.id), set()) if isinstance(target, ast.Name) else set()
    return frozenset(known) if known and "" not in known else METHODS


def uses_in(files: list[SourceFile]) -> dict[str, set[str]]:
    """Return the methods that are called on each name. An empty text stands for any other use of the name."""
    uses: dict[str, set[str]] = {}
    for file in files:
        for node in ast.walk(file.tree):
            if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
                name = node.id if isinstance(node, ast.Name) else node.attr
                parent = file.parents[node]
                method = parent.attr if isinstance(parent, ast.Attribute) else ""
                if method not in _ATTRIBUTES:
                    uses.setdefault(_key(file, name), set()).add(method if method in METHODS else "")
    return uses


def _key(file: SourceFile, name: str) -> str:
    """Return the key of a global name: private names belong to their file."""
    return f"{file.path}:{name}" if name.startswith("_") else name


def listed_regexes() -> list[Regex | Unresolved]:
    """Return all expressions of the repository, and the errors for those that cannot be worked out."""
    files = source_files(ROOT)
    uses = uses_in(files)
    return [found for file in files for found in regexes_in(file, uses)]


if __name__ == "__main__":
    everything = listed_regexes()
    print(*everything, sep="\n")
    sys.exit(any(isinstance(found, Unresolved) for found in everything))
