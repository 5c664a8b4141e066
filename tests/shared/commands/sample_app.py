"""A command that ends in the way that its argument names."""

import sys
from typing import NoReturn

import typer

from cinestream.commands.exit_codes import ExitCode
from cinestream.commands.frame import fail
from cinestream_flow.errors import Invalid, MissingDependency, Transient
from cinestream_flow.message import Message

ENDS: dict[str, BaseException] = {
    "invalid": Invalid(Message("{name} is wrong", name="x")),
    "transient": ExceptionGroup("tasks", [ExceptionGroup("inner", [Transient("no answer")])]),
    "interrupt": KeyboardInterrupt(),
    "group": BaseExceptionGroup("tasks", [KeyboardInterrupt()]),
    "extra": ModuleNotFoundError("No module named 'fast.parts'", name="fast.parts"),
    "missing": MissingDependency("no browser: install one"),
    "file": PermissionError(13, "Permission denied", "films.csv"),
    "full": OSError(28, "No space left on device"),
    "escape": Invalid("\x1b[31mred\n\tand more"),
    "text": SystemExit("port 1 is taken"),
    "bug": ZeroDivisionError("secret-free"),
}
app = typer.Typer(pretty_exceptions_enable=False)


@app.command()
def end(kind: str, secret: str = "local-value") -> None:
    """End in one way.

    Each line of this second paragraph is as long as the source allows, which is more than a terminal has. It goes on
    here.
    """
    if kind in ENDS:
        raise ENDS[kind]
    if kind == "fail":
        fail("stopped", ExitCode.ALREADY_RUNNING)


def interrupted(name: str) -> NoReturn:
    """Raise what Ctrl-C raises while a module is imported."""
    raise KeyboardInterrupt(name)


if "--interrupt-the-import" in sys.argv:
    interrupted(__name__)
