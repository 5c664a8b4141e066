"""Checker of docstrings, names and documents against the writing rules of CONTRIBUTING.md ("Plain English").

python tools/prose.py [PATH ...]          list every finding below the paths (default: the project)
python tools/prose.py --count [PATH ...]  print how many docstrings break each rule

The exit code is 1 if there are findings. Files that git ignores, and fixtures, are not checked.
"""

import argparse
import ast
import itertools
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAX_WORDS = 30
"""Words that a sentence of a document may have."""

CLAUSE = "a docstring begins with a clause"
SEMICOLON = "a docstring has a semicolon"
NAME = "a name for a limit (use max_, min_ or limit)"
SENTENCE = f"a sentence is longer than {MAX_WORDS} words"

_CLAUSE = re.compile(r"(What|Where|Who|Whose|How|Whether|Which|Why)\b")
_NAME_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_CODE_BLOCK = re.compile(r"```.*?```|~~~.*?~~~|<!--(?:[^<-]|<(?!!--)|-(?!->))*+-->", re.DOTALL)
_INLINE_CODE = re.compile(r"``.+?``|`[^`]*`|https?://\S+", re.DOTALL)
_DOCTEST = re.compile(r"^[ \t]*(>>>|\.\.\.) .*$", re.MULTILINE)
_ENTITY = re.compile(r"&#?\w+;")
_ITEM = re.compile(r"^\s*([-*+]|\d+[.)]) ")
_BLOCK = re.compile(r"^\s*([|#]|[-=*]{3,}\s*$)|^ {4}|^\t")
_QUOTE = re.compile(r"^\s*>\s?")
_ABBREVIATION = re.compile(r"\b(e\.g|i\.e|etc|vs|approx|Inc|No)\.")
_SENTENCE_END = re.compile(r"(?<=[.!?:;])[\"'”’)\]*_]*\s+")
_WORD = re.compile(r"\w")

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Finding:
    """A place that breaks a rule."""

    path: Path
    line: int
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{os.path.relpath(self.path)}:{self.line}: {self.rule}: {' '.join(self.text.split())[:100]}"


@dataclass(frozen=True)
class SourceFile:
    """The docstrings and the defined names of a Python file, each with its line."""

    docstrings: list[tuple[int, str]]
    names: list[tuple[int, str]]


def read_source(text: str) -> SourceFile:
    """Return the docstrings of a file, including those of attributes, and every name that it defines.

    Names of tests are left out, because they are sentences ("test_has_at_least_two_films").
    """
    source = SourceFile([], [])
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, Documented) and (docstring := ast.get_docstring(node)):
            source.docstrings.append((node.body[0].lineno, docstring))
        if isinstance(node, ast.Module | ast.ClassDef):
            source.docstrings.extend(_attribute_docstrings(node.body))
        source.names.extend(_defined_names(node))
    return source


def _attribute_docstrings(body: list[ast.stmt]) -> Iterator[tuple[int, str]]:
    for before, after in itertools.pairwise(body):
        match before, after:
            case ast.Assign() | ast.AnnAssign(), ast.Expr(value=ast.Constant(value=str(text))):
                yield after.lineno, text


def _defined_names(node: ast.AST) -> Iterator[tuple[int, str]]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if not name.startswith("test_"):
            yield node.lineno, name
        case ast.ClassDef(name=name):
            yield node.lineno, name
        case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
            yield node.lineno, name
        case ast.alias(asname=str(name)) | ast.ExceptHandler(name=str(name)):
            yield node.lineno, name
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield node.lineno, name


def check_source(path: Path, source: SourceFile) -> Iterator[Finding]:
    """Yield the findings of a Python file."""
    for line, text in source.docstrings:
        if _CLAUSE.match(text.strip()):
            yield Finding(path, line, CLAUSE, text.strip().splitlines()[0])
        if ";" in _prose(text):
            yield Finding(path, line, SEMICOLON, text)
    for line, name in source.names:
        if {"most", "least"} & {word.lower() for word in _NAME_WORDS.findall(name)}:
            yield Finding(path, line, NAME, name)


def _prose(docstring: str) -> str:
    """Return a docstring without code, addresses and HTML entities, which may contain semicolons."""
    text = _DOCTEST.sub("", _CODE_BLOCK.sub("", docstring))
    return _ENTITY.sub("", _INLINE_CODE.sub("", text))


def check_document(path: Path, text: str) -> Iterator[Finding]:
    """Yield the sentences of a Markdown document that are too long."""
    for line, sentence in sentences(text):
        if sum(bool(_WORD.search(word)) for word in sentence.split()) > MAX_WORDS:
            yield Finding(path, line, SENTENCE, sentence)


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line and text of each sentence of a Markdown document, without code, tables and headings.

    The line is the first one of the paragraph. A colon and a semicolon end a sentence too.
    """
    text = _CODE_BLOCK.sub(lambda match: "\n" * match[0].count("\n"), text)
    text = _INLINE_CODE.sub(lambda match: "code" + "\n" * match[0].count("\n"), text)
    text = _ABBREVIATION.sub(r"\1", text)
    for start, paragraph in _paragraphs(text):
        for sentence in _SENTENCE_END.split(paragraph):
            yield start, sentence


def _paragraphs(text: str) -> Iterator[tuple[int, str]]:
    start, paragraph, in_item = 1, "", False
    for number, raw in enumerate([*text.splitlines(), ""], 1):
        line = _QUOTE.sub("", raw)
        item = _ITEM.match(line)
        # An indented line continues a list item, and is code anywhere else.
        skipped = not line.strip() or (_BLOCK.match(line) and not item and not (in_item and paragraph))
        if (skipped or item) and paragraph:
            yield start, paragraph.strip()
            paragraph = ""
        in_item = bool(item) or (in_item and bool(line[:1].isspace() or not skipped))
        if not skipped:
            start = start if paragraph else number
            paragraph += " " + _ITEM.sub("", line).strip()


def tracked_files(paths: Sequence[str | Path]) -> list[Path]:
    """Return the project's files below these paths, fixtures excepted."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *paths]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    files = [Path.cwd() / name for name in listed.split("\0") if name]
    return [path for path in files if path.is_file() and "fixtures" not in path.parts]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the findings or their counts, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="*", default=[str(ROOT)])
    parser.add_argument("--count", action="store_true", help="print figures instead of findings")
    options = parser.parse_args(arguments)
    files = tracked_files(options.paths)
    sources = {path: read_source(path.read_text("utf-8")) for path in files if path.suffix == ".py"}
    findings = [finding for path, source in sources.items() for finding in check_source(path, source)]
    if options.count:
        print_counts(sum(len(source.docstrings) for source in sources.values()), findings)
        return 0
    for path in files:
        if path.suffix == ".md":
            findings += check_document(path, path.read_text("utf-8"))
    for finding in findings:
        print(finding)
    return 1 if findings else 0


def print_counts(docstrings: int, findings: Sequence[Finding]) -> None:
    """Print the number of docstrings, and the share of them that breaks each rule."""
    print(f"docstrings: {docstrings}")
    for title, rule in (("first line begins with a clause", CLAUSE), ("with a semicolon", SEMICOLON)):
        count = sum(finding.rule == rule for finding in findings)
        print(f"{title}: {count} ({count / max(docstrings, 1):.1%})")


if __name__ == "__main__":
    sys.exit(main())
