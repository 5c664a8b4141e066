"""The command `cinestream`: its list of subcommands, and their import."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.main_function import run_main

from cinestream_cli.__main__ import main
from cinestream_cli.lazy import load
from cinestream_cli.missing import install_command
from cinestream_cli.table import ENTRIES, Entry

HEAVY = {"aiohttp", "anyio", "httpx2", "nats", "pydantic", "selenium", "structlog"}
_PROGRAM = """
import os, sys
from cinestream_cli.__main__ import main
for words in ("--help", "--version", "import --help", "dead-letters --help", ""):
    if not words:
        os.environ |= {"_CINESTREAM_COMPLETE": "complete_bash", "COMP_WORDS": "cinestream im", "COMP_CWORD": "1"}
    sys.argv = ["cinestream", *words.split()]
    try:
        main()
    except SystemExit:
        pass
print("imported", *sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


def test_help_lists_every_subcommand() -> None:
    """`cinestream --help` shows each subcommand of the table, or the group that has it."""
    shown = run_main(main, ["cinestream", "--help"], {"COLUMNS": "100"})
    assert shown.returncode == 0
    assert not {entry.group or entry.name for entry in ENTRIES} - set(shown.stdout.split())


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.words)
def test_every_entry_of_the_table_has_its_command(entry: Entry) -> None:
    """The module, the application and the command inside of it exist, and the help fits on a line."""
    assert load(entry).help
    assert len(entry.help) < 70


@pytest.mark.process
def test_the_list_of_commands_imports_no_service() -> None:
    """Help, version and completion of the list import neither a service nor a library that is slow to import."""
    done = subprocess.run([sys.executable, "-c", _PROGRAM], env=os.environ, capture_output=True, text=True)
    imported = set(done.stderr.rpartition("imported ")[2].split())
    assert "typer" in imported, done.stderr
    assert not imported & (HEAVY | {entry.module.partition(".")[0] for entry in ENTRIES} - {"cinestream_cli"})
    assert "dead-letters" in done.stdout
    assert "cinestream 0.1.0" in done.stdout
    assert done.stdout.rstrip().endswith("\nimport")


def test_an_extra_is_added_to_those_of_the_installation(tmp_path: Path) -> None:
    """The command repeats the extras and the folder of wheels that `uv tool install` was given."""
    (tmp_path / "uv-receipt.toml").write_text(
        '[tool]\nrequirements = [{ name = "cinestream-cli", extras = ["trakt"] }]\n'
        '[tool.options]\nfind-links = ["file:///my%20wheels"]\n'
    )
    assert install_command("etl", tmp_path) == (
        "uv tool install --find-links file:///my%20wheels 'cinestream-cli[etl,trakt]'"
    )


def test_a_misspelt_subcommand_is_corrected() -> None:
    """A wrong word exits with 2 and names the nearest subcommand."""
    done = run_main(main, ["cinestream", "scarpe"], {"COLUMNS": "100"})
    assert done.returncode == 2
    assert "Did you mean 'scrape'" in done.stderr
