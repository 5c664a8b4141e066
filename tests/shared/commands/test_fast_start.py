"""The start of every command: help, version and completion import no slow library."""

import json
import os
import subprocess
import sys
from importlib.metadata import entry_points

import pytest

HEAVY = {"aiohttp", "anyio", "httpx2", "nats", "pydantic", "selenium", "starlette", "structlog"}
COMMANDS = {
    script.name: script.value
    for script in entry_points(group="console_scripts")
    if script.name.startswith("cinestream")
}
_PROGRAM = """
import contextlib, importlib, io, json, os, sys
import typer.main
module, _, function = sys.argv[1].partition(":")
main, name = getattr(importlib.import_module(module), function), sys.argv[2]

def run(*words, **variables):
    sys.argv, output = [name, *words], io.StringIO()
    os.environ.update(variables)
    with contextlib.redirect_stdout(output), contextlib.suppress(SystemExit):
        main()
    for variable in variables:
        del os.environ[variable]
    return output.getvalue()

def complete(*words):
    variable = f"_{name.upper().replace('-', '_')}_COMPLETE"
    line = " ".join([name, *words])
    return run(**{variable: "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(len(words))})

names = complete("").split()
report = {"help": run("--help"), "version": run("--version"), "options": complete("--")}
for word in names:
    if not word.startswith("-"):
        report["help " + word] = run(word, "--help")
        report["options " + word] = complete(word, "--")
print(json.dumps([names, report, sorted({module.partition(".")[0] for module in sys.modules})]))
"""


@pytest.mark.process
@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_help_version_and_completion_import_no_slow_library(name: str) -> None:
    """They answer for the command and all of its subcommands, and import neither pydantic nor a client of anything."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, COMMANDS[name], name],
        env=os.environ | {"COLUMNS": "100"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    names, report, imported = json.loads(done.stdout)
    assert report["version"] == f"{name} 0.1.0\n"
    assert "--version" in report["options"].split()
    assert all(report.values()), report
    assert not HEAVY.intersection(imported)
    assert {"cinestream-scraper": "enqueue", "cinestream-trakt": "export"}.get(name, "") in " ".join(names)
