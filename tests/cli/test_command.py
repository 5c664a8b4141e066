"""The command `cinestream`: its list of subcommands, and their import."""

from tests.main_function import run_main

from cinestream_cli.__main__ import main
from cinestream_cli.table import ENTRIES


def test_help_lists_every_subcommand() -> None:
    """`cinestream --help` shows each subcommand of the table, or the group that has it."""
    shown = run_main(main, ["cinestream", "--help"], {"COLUMNS": "100"})
    assert shown.returncode == 0
    assert not {entry.name.split()[0] for entry in ENTRIES} - set(shown.stdout.split())
