"""Every regular expression takes time that is linear in its input, and every expression is known."""

import re

import pytest
from tests.tools.growth import slow_pump
from tools.python_source import FOLDERS, SourceFile, Unresolved
from tools.regexes import ROOT, Regex, listed_regexes, regexes_in, uses_in

_WHOLE = ("match", "fullmatch")
_ONCE = "search"
_REPEATED = "finditer"


def in_source(text: str) -> list[Regex | Unresolved]:
    """Return the expressions of a planted file."""
    file = SourceFile("planted.py", text)
    return [*regexes_in(file, uses_in([file]))]


def patterns(text: str) -> list[str | bytes]:
    """Return the patterns of a planted file, all of which must be worked out."""
    regexes = in_source(text)
    assert not [error for error in regexes if isinstance(error, Unresolved)]
    return [regex.pattern for regex in regexes if isinstance(regex, Regex)]


def test_no_expression_is_slower_than_linear() -> None:
    """For every repeat, the time for prefix + pump × n + a tail at most triples whenever n is doubled.

    The list is complete: a pattern that depends on unknown values fails here, too.
    """
    found = listed_regexes()
    assert [str(error) for error in found if isinstance(error, Unresolved)] == []
    assert len(found) > 150
    cases: dict[tuple[str | bytes, int, str], Regex] = {}
    for regex in found:
        if isinstance(regex, Regex):
            for method in regex.methods:
                kind = method if method in (*_WHOLE, _ONCE) else _REPEATED
                cases.setdefault((regex.pattern, regex.flags, kind), regex)
    slow = [(case, regex) for case, regex in cases.items() if slow_pump(*case)]
    # Measured again: another program on the same core can slow down a single measurement.
    assert [f"{regex}: {pump}" for case, regex in slow if (pump := slow_pump(*case))] == []


@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        ("(a+)+$", "match"),
        ("(a+)+$", "search"),
        ("(a|a)*b", "fullmatch"),
        ("(?:x(a+)*)+y", "match"),
        ("a+b", "search"),
        (r"\s+$", "sub"),
        ("<script[^>]*>.*?</script>", "finditer"),
        (r"(T.+) (\d\d:?\d\d)$", "sub"),
        (r"\s*\d+\s*\w*\s*x", "match"),
        ("(?i)x(?=a+a+b)", "match"),
        (b"a{1,2000}b", "search"),
    ],
)
def test_planted_slow_expressions_are_found(pattern: str | bytes, method: str) -> None:
    """Exponential and quadratic expressions are found, also those that are slow only because a search may restart."""
    assert slow_pump(pattern, 0, method)


@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        ("a+b", "match"),
        ("(?:a+)+?", "match"),
        ("(a++)+$", "match"),
        (r"\s+", "sub"),
        ("a{1,20}b", "search"),
        ("", "match"),
    ],
)
def test_linear_expressions_pass(pattern: str, method: str) -> None:
    """A repeat is no fault if it cannot be divided in several ways."""
    assert slow_pump(pattern, 0, method) is None


@pytest.mark.parametrize(
    "text",
    [
        "import regex",
        "import re as r",
        "from re import compile",
        "from regex import compile",
        "x = list(map(re.compile, y))",
        "def f(p): return re.search(p, 'x')",
        "def f(p): return re.search(f'{p}+', 'x')",
        "import fnmatch\nfnmatch.fnmatchcase(x, y)",
        "x = Field(pattern=y)",
    ],
)
def test_expressions_that_cannot_be_worked_out_are_reported(text: str) -> None:
    """Nothing is left out without a word."""
    assert any(isinstance(error, Unresolved) for error in in_source(text))


def test_patterns_are_worked_out() -> None:
    """Constants, escaped texts, comprehensions and the fields of pydantic are listed."""
    assert patterns("def f(n): return re.search(rf'^{re.escape(n)} (\\S+)', 'x')") == [r"^x (\S+)"]
    assert patterns("x = [re.compile(c + '+') for c in ('a', 'b')]") == ["a+", "b+"]
    assert patterns("x = Field('', pattern='^a$')") == ["^a$"]
    assert patterns("x = {'pattern': '^a$'}") == ["^a$"]
    assert patterns("any(fnmatchcase(u, p) for p in ('*.js*',))") == ["(?s:(?>.*?\\.js).*)\\Z"]


def test_methods_are_those_that_are_called() -> None:
    """An expression that is passed on may be used with every method."""
    first, second = in_source("A = re.compile('a')\nB = re.compile('b')\nA.search(x)\nB.match(x)\nf(B)")
    assert isinstance(first, Regex)
    assert isinstance(second, Regex)
    assert first.methods == {"search"}
    assert second.methods > {"match", "search", "sub"}


def test_javascript_has_no_regular_expressions() -> None:
    """So the lister needs no parser of JavaScript."""
    literal = re.compile(r"(?:[=(,:!&|?] ?|return )/[^/*\s]|RegExp\(")
    texts = {
        path: path.read_text("utf-8")
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".js", ".mjs", ".cjs", ".html") and not {"node_modules", "fixtures"} & {*path.parts}
    }
    assert any(path.name == "app.js" for path in texts)
    assert [path for path, text in texts.items() if literal.search(text)] == []
