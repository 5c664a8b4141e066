"""The checker of the writing rules: each rule finds a planted mistake, and accepts what only looks like one."""

import subprocess
from pathlib import Path

import pytest
from tools.prose import CLAUSE, MAX_WORDS, NAME, SEMICOLON, SENTENCE, check_document, check_source, main, read_source

PATH = Path("planted")
LONG = " ".join(["word"] * (MAX_WORDS + 1))
FITTING = " ".join(["word"] * MAX_WORDS)


def source_findings(text: str) -> list[str]:
    """Return the rules that a Python file breaks."""
    return [finding.rule for finding in check_source(PATH, read_source(text))]


def document_findings(text: str) -> list[tuple[int, str]]:
    """Return the lines and rules of a document's findings."""
    return [(finding.line, finding.rule) for finding in check_document(PATH, text)]


@pytest.mark.parametrize("word", ["What", "Where", "Who", "Whose", "How", "Whether", "Which", "Why"])
@pytest.mark.parametrize(
    "template",
    [
        '"""{} it does."""',
        'def f():\n    """{} it does."""',
        'class C:\n    """{} it does."""',
        'class C:\n    x = 1\n    """{} it does."""',
        'X: int = 1\n"""{} it does."""',
    ],
)
def test_a_docstring_that_begins_with_a_clause_is_found(word: str, template: str) -> None:
    """Docstrings of modules, functions, classes and attributes are all checked."""
    assert source_findings(template.format(word)) == [CLAUSE]


@pytest.mark.parametrize("text", ["Return what it does.", "Whatever happens, return.", "Howard's film.", "A who."])
def test_only_the_first_word_counts(text: str) -> None:
    """A clause word inside the line, or as a part of another word, is accepted."""
    assert source_findings(f'"""{text}"""') == []


@pytest.mark.parametrize("text", ["One fact; another.", "A summary.\n\nDetails; more details.\n"])
def test_a_semicolon_in_a_docstring_is_found(text: str) -> None:
    """Any line of a docstring is checked."""
    assert source_findings(f'"""{text}"""') == [SEMICOLON]


@pytest.mark.parametrize(
    "text",
    [
        "`a; b`",
        "``a; b``",
        "See https://x.test/a;b.",
        "The entity &amp; stays.",
        "Run:\n\n>>> a; b\n",
        "```\na; b\n```",
    ],
)
def test_a_semicolon_in_code_is_accepted(text: str) -> None:
    """Code, addresses, entities and doctests in a docstring may hold semicolons."""
    assert source_findings(f'"""{text}"""') == []


@pytest.mark.parametrize(
    "text",
    [
        "most = 1",
        "MOST_BYTES = 1",
        "x.at_least = 1",
        "def f(most): ...",
        "def at_most(): ...",
        "class MostOf: ...",
        "for least in x: ...",
        "import a as most",
        "try: ...\nexcept E as least: ...",
        "match x:\n    case [most]: ...",
    ],
)
def test_a_limit_named_most_or_least_is_found(text: str) -> None:
    """Every way to define a name is checked."""
    assert source_findings(text) == [NAME]


@pytest.mark.parametrize(
    "text", ["x.most_common()", "f(least=1)", "almost = 1", "utmost = 1", "def test_at_least_two(): ...", 'x = "most"']
)
def test_other_uses_of_most_and_least_are_accepted(text: str) -> None:
    """Used names, other words, names of tests and strings are no definitions of a limit."""
    assert source_findings(text) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"{LONG}.", 1),
        (f"Short.\n\n{LONG}.", 3),
        (f"- {LONG}.", 1),
        (f"1. short\n2. {LONG}", 2),
        (f"> {LONG}.", 1),
        (f"```\ncode\n```\n{LONG}.", 4),
        ("- " + "word word\n  " * 16, 1),
        ("- " + "word word\n    " * 16, 1),
        (f"Short. {LONG}.", 1),
        (f"{FITTING} [one](https://x.test)", 1),
    ],
)
def test_a_long_sentence_is_found(text: str, line: int) -> None:
    """Paragraphs, list items and quotes of a document are checked, and the paragraph's first line is reported."""
    assert document_findings(text) == [(line, SENTENCE)]


@pytest.mark.parametrize(
    "text",
    [
        f"{FITTING}.",
        f"{FITTING} – . {FITTING}",
        f"# {LONG}",
        f"| {LONG} |",
        f"    {LONG}",
        f"```\n{LONG}\n```",
        f"`{LONG}`",
        f"<!-- {LONG} -->",
        f"- {FITTING}\n- {FITTING}",
        f"(One {' '.join(['word'] * 20)}.) Two {' '.join(['word'] * 20)}.",
        f"**One {' '.join(['word'] * 20)}.** Two {' '.join(['word'] * 20)}.",
        f"First: {FITTING}",
    ],
)
def test_code_tables_headings_and_short_sentences_are_accepted(text: str) -> None:
    """Text that is no sentence, and sentences that end before a bracket or an emphasis, are no findings."""
    assert document_findings(text) == []


@pytest.mark.process
def test_the_command_lists_findings_and_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command names file, line and rule, fails when there is a finding, and skips fixtures and ignored files."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fixtures").mkdir()
    (tmp_path / ".gitignore").write_text("ignored.py\n")
    for name in ("fixtures/a.py", "ignored.py", "b.py"):
        (tmp_path / name).write_text('"""What it is."""\n')
    (tmp_path / "c.md").write_text(f"{LONG}.\n")
    assert main(["."]) == 1
    listed = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[:2] for line in listed] == [["b.py:1", CLAUSE], ["c.md:1", SENTENCE]]
    assert main(["--count", "."]) == 0
    assert capsys.readouterr().out.splitlines()[:2] == ["docstrings: 1", "first line begins with a clause: 1 (100.0%)"]
    (tmp_path / "b.py").write_text('"""A module."""\n')
    assert main(["b.py"]) == 0
