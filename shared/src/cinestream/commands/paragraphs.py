"""The paragraphs of help texts."""

from typing import Any


def join_lines(command: Any) -> None:
    """Join the lines of each paragraph in the help of a typer command and of the commands that it contains.

    Typer ends a line of a second paragraph where the source does, so that a narrow terminal shows ragged lines.
    """
    if command.help:
        command.help = "\n\n".join(paragraph.replace("\n", " ") for paragraph in command.help.split("\n\n"))
    for contained in getattr(command, "commands", {}).values():
        join_lines(contained)
