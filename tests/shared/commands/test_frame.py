"""The frame of every command: exit codes, messages and the version."""

import os
import subprocess
import sys

import pytest
from tests.main_function import run_main
from tests.paths import SCRIPTS

from cinestream.commands.frame import Command

APP = "tests.shared.commands.sample_app"


def run(*arguments: str, **environment: str) -> tuple[int, str, str]:
    """Run the sample command. Return its exit code, output and errors."""
    sys.modules.pop(APP, None)
    command = Command("sample", f"{APP}:app", distribution="cinestream", extras={"fast": "speed"})
    done = run_main(command.run, ["sample", *arguments], environment)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("kind", "code", "message"),
    [
        ("nothing", 0, ""),
        ("invalid", 1, "x is wrong\n"),
        ("transient", 1, "no answer\n"),
        ("file", 1, "films.csv: Permission denied\n"),
        ("full", 1, "the output cannot be written: No space left on device\n"),
        ("escape", 1, " [31mred\n\tand more\n"),
        ("text", 1, "port 1 is taken\n"),
        ("fail", 4, "stopped\n"),
        ("extra", 5, "fast.parts is missing: install cinestream[speed]\n"),
        ("missing", 5, "no browser: install one\n"),
        ("interrupt", 130, ""),
        ("group", 130, ""),
        ("--interrupt-the-import", 130, ""),
    ],
)
def test_each_end_has_its_exit_code_and_one_message(kind: str, code: int, message: str) -> None:
    """The message has no traceback, whichever way the command ends."""
    assert run(kind) == (code, "", message)


def test_help_fills_the_lines_of_a_narrow_terminal() -> None:
    """A line of the source does not end a line of the terminal."""
    _, help_text, _ = run("--help", COLUMNS="80", TERMINAL_WIDTH="80")
    assert "more than a terminal has. It goes on here." in [line.strip() for line in help_text.splitlines()]


def test_wrong_use_exits_with_2() -> None:
    """An unknown option and a missing argument are wrong use."""
    for arguments in (["x", "--unknown"], []):
        code, _, errors = run(*arguments)
        assert (code, "Traceback" in errors) == (2, False)


def test_a_bug_has_a_traceback_without_values() -> None:
    """A traceback shows where the bug is, and no values of variables."""
    code, _, errors = run("bug")
    assert (code, "Traceback" in errors, "local-value" in errors) == (1, True, False)
    assert "has a bug" in errors.splitlines()[-1]


def test_the_version_is_that_of_the_distribution() -> None:
    """The option works alone, and after other options."""
    for arguments in (["--version"], ["--secret", "x", "--version"]):
        code, output, _ = run(*arguments)
        assert (code, output) == (0, "sample 0.1.0\n")


@pytest.mark.process
@pytest.mark.parametrize(("redirection", "code"), [(">&-", 0), (">/dev/full", 1), ("<&- >&- 2>&-", 0)])
def test_closed_and_full_outputs_are_no_bug(redirection: str, code: int) -> None:
    """A command whose output is closed does its work, and a full disk is named."""
    shell = f"{SCRIPTS}/cinestream-topology --version {redirection}"
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    done = subprocess.run(["sh", "-c", shell], env=buffered, capture_output=True, text=True, timeout=60, check=False)
    message = "the output cannot be written: No space left on device\n" if code else ""
    assert (done.returncode, done.stdout, done.stderr) == (code, "", message)


@pytest.mark.process
def test_a_pipe_without_a_reader_ends_a_command_silently() -> None:
    """`| head` may end before the command."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer) as pipe:
        command = [f"{SCRIPTS}/cinestream-topology", "--version"]
        done = subprocess.run(command, stdout=pipe, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (1, "")
