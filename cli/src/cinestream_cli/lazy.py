"""A group of commands whose modules are imported when they run."""

import os
from importlib import import_module
from typing import Any

from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from cinestream.commands.frame import prepare
from cinestream.commands.language import add_catalogue, set_language
from cinestream_cli.missing import explain, is_missing
from cinestream_cli.table import ENTRIES, Entry
from cinestream_flow.errors import MissingDependency

_OF_COMPLETION = {"install_completion", "show_completion"}
"""The options of a whole application that belong to `cinestream` itself."""


class LazyCommand(TyperCommand):
    """The name and the help of a command that is not imported yet."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(entry.name, help=entry.help)
        self.entry = entry


class LazyGroup(TyperGroup):
    """A group that has the entries of the table, and imports a command when it is selected."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        own = {entry.name: LazyCommand(entry) for entry in ENTRIES if entry.group == (self.name or "")}
        # Groups among the commands stand in the place of their first entry.
        names = [entry.name if self.name else entry.group or entry.name for entry in ENTRIES]
        self.commands = dict(sorted({**own, **self.commands}.items(), key=lambda item: names.index(item[0])))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Select a command by the first argument, and import it.

        Raises:
            MissingDependency: the service of the command is not installed. Nothing is raised during completion.
        """
        name, command, rest = super().resolve_command(ctx, args)
        if not isinstance(command, LazyCommand):
            return name, command, rest
        if not is_missing(command.entry):
            return name, load(command.entry), rest
        if not ctx.resilient_parsing:
            raise MissingDependency(explain(command.entry))
        return name, command, rest


def load(entry: Entry) -> Any:
    """Import the command of an entry. Its help is in the language of the user."""
    add_catalogue(entry.module.partition(".")[0])
    if language := os.environ.get(entry.language):
        set_language(language)
    command: Any = get_command(import_module(entry.module).app)
    for name in entry.path:
        command = command.commands[name]
    command.params = [option for option in command.params if option.name not in _OF_COMPLETION]
    prepare(command)
    return command
