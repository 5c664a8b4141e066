"""The Python programs inside of the smoke tests, which no other check reads."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest
from tests.paths import ROOT

PROGRAM = re.compile(r"python3 -c '(.*?)'", re.DOTALL)
SCRIPTS = sorted((ROOT / "tools").glob("*-smoke.sh"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_the_programs_of_smoke_tests_import_existing_names(script: Path) -> None:
    """Each program compiles, and the fake Trakt of the tests has the names that it imports."""
    for program in PROGRAM.findall(script.read_text()):
        for node in ast.walk(ast.parse(program)):
            if isinstance(node, ast.ImportFrom) and node.module == "server":
                server = import_module("tests.trakt_export.server")
                assert [name.name for name in node.names if not hasattr(server, name.name)] == []


def test_a_smoke_test_has_such_a_program() -> None:
    """The check above finds the program that starts the fake Trakt."""
    assert any("from server import" in script.read_text() for script in SCRIPTS)
