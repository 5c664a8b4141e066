"""Check docstrings, names and documentation against the project's writing rules (CONTRIBUTING.md, "Plain English").

python tools/prose.py [PATH ...]      list every fault below the paths (default: the whole project); exit 1 if any
python tools/prose.py --count [PATH]  print how many docstrings break each rule
"""

import argparse
import ast
import itertools
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
MAX_WORDS = 30
"""Words that a sentence of the documentation may have."""

_CLAUSE = re.compile(r"(What|Where|Who|Whose|How|Whether|Which|Why)\b")
_IMAGES = re.compile(r"\b(most|least)\b", re.IGNORECASE)
_CODE = re.compile(r"```.*?```|<!--.*?-->|`[^`\n]*`|https?://\S+", re.DOTALL)
_BLOCK = re.compile(r"^\s*([|#>]|[-*+] |\d+[.)] |    )")
_ABBREVIATION = re.compile(r"\b(e\.g|i\.e|etc|vs|approx|Inc|No)\.")

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


class Fault(NamedTuple):
    """A place that breaks a rule."""

    path: Path
    line: int
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}: {self.rule}: {self.text[:100]}"


def docstrings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the line and text of each docstring, those of attributes included."""
    for node in ast.walk(tree):
        if isinstance(node, Documented) and (text := ast.get_docstring(node)):
            yield node.body[0].lineno, text
        for before, after in _pairs(node):
            if (
                isinstance(before, ast.Assign | ast.AnnAssign)
                and isinstance(after, ast.Expr)
                and isinstance(after.value, ast.Constant)
                and isinstance(after.value.value, str)
            ):
                yield after.lineno, after.value.value


def _pairs(node: ast.AST) -> Iterator[tuple[ast.stmt, ast.stmt]]:
    body = node.body if isinstance(node, ast.Module | ast.ClassDef) else []
    return itertools.pairwise(body)


def names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the line and name of each thing that a file defines."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.lineno, node.name
            case ast.arg():
                yield node.lineno, node.arg
            case ast.Name(ctx=ast.Store()):
                yield node.lineno, node.id
            case ast.Attribute(ctx=ast.Store()):
                yield node.lineno, node.attr


def faults_of_source(path: Path) -> Iterator[Fault]:
    """Yield the faults of a Python file."""
    tree = ast.parse(path.read_text("utf-8"))
    for line, text in docstrings(tree):
        first = text.strip().splitlines()[0]
        if _CLAUSE.match(first):
            yield Fault(path, line, "begins with a clause", first)
        if ";" in _CODE.sub("", text):
            yield Fault(path, line, "semicolon in a docstring", text.replace("\n", " "))
    for line, name in names(tree):
        if _IMAGES.search(name.replace("_", " ")):
            yield Fault(path, line, "use max_ or min_ (or limit)", name)


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line and text of each sentence of a Markdown document, without code, tables and headings."""
    text = _CODE.sub(lambda match: "code" + "\n" * match[0].count("\n"), text)
    text = _ABBREVIATION.sub(r"\1", text)
    start, paragraph = 1, ""
    for number, line in enumerate([*text.splitlines(), ""], 1):
        if line.strip() and not _BLOCK.match(line):
            if not paragraph:
                start = number
            paragraph += " " + line.strip()
            continue
        for sentence in re.split(r"(?<=[.!?:;])\s+", paragraph.strip()):
            yield start, sentence
        start, paragraph = number, re.sub(r"^\s*([-*+]|\d+[.)]) ", "", line) if _is_item(line) else ""


def _is_item(line: str) -> bool:
    return re.match(r"^\s*([-*+]|\d+[.)]) ", line) is not None


def faults_of_document(path: Path) -> Iterator[Fault]:
    """Yield the sentences of a Markdown document that are too long."""
    for line, sentence in sentences(path.read_text("utf-8")):
        if (count := len(sentence.split())) > MAX_WORDS:
            yield Fault(path, line, f"a sentence of {count} words (at most {MAX_WORDS})", sentence)


def tracked(paths: list[str]) -> list[Path]:
    """Return the project's Python and Markdown files below these paths."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *paths]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [path for name in listed.splitlines() if (path := Path.cwd() / name).is_file() and "/fixtures/" not in name]


def main() -> int:
    """Print the faults, or their counts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="*")
    parser.add_argument("--count", action="store_true")
    arguments = parser.parse_args()
    files = tracked(arguments.paths or [str(ROOT)])
    sources = [path for path in files if path.suffix == ".py"]
    faults = [fault for path in sources for fault in faults_of_source(path)]
    if arguments.count:
        texts = [text for path in sources for _, text in docstrings(ast.parse(path.read_text("utf-8")))]
        clauses = sum(fault.rule.startswith("begins") for fault in faults)
        semicolons = sum(fault.rule.startswith("semicolon") for fault in faults)
        print(f"docstrings: {len(texts)}")
        print(f"first line begins with a clause: {clauses} ({clauses / len(texts):.1%})")
        print(f"with a semicolon: {semicolons} ({semicolons / len(texts):.1%})")
        return 0
    faults += [fault for path in files if path.suffix == ".md" for fault in faults_of_document(path)]
    print(*faults, sep="\n", end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
