"""A group of commands whose modules are imported when they run."""

from importlib import import_module
from typing import Any

from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from cinestream_cli.table import Entry


class LazyCommand(TyperCommand):
    """The name and the help of a command that is not imported yet."""

    def __init__(self, name: str, entry: Entry) -> None:
        super().__init__(name, help=entry.help, rich_markup_mode=None)
        self.entry = entry


class LazyGroup(TyperGroup):
    """A group that imports a command when it is selected."""

    def add_entry(self, entry: Entry) -> None:
        """Add an entry of the table, in the group that the first of two words names."""
        *group, name = entry.name.split()
        parent = self.commands[group[0]] if group else self
        assert isinstance(parent, LazyGroup)
        parent.add_command(LazyCommand(name, entry))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Select a command by the first argument, and import it."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, load(command.entry) if isinstance(command, LazyCommand) else command, rest


def load(entry: Entry) -> Any:
    """Import the command of an entry."""
    command: Any = get_command(import_module(entry.module).app)
    for name in entry.path:
        command = command.commands[name]
    return command
