"""A group of commands whose modules are imported when they run."""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from cinestream.commands.exit_codes import ExitCode
from cinestream.commands.language import add_catalogue, translate, translate_help
from cinestream_cli.missing import explain, is_missing
from cinestream_cli.table import Entry


class LazyCommand(TyperCommand):
    """The name and the help of a command that is not imported yet."""

    def __init__(self, name: str, entry: Entry) -> None:
        super().__init__(name, help=entry.help)
        self.entry = entry


class LazyGroup(TyperGroup):
    """A group that imports a command when it is selected."""

    def add_entry(self, entry: Entry) -> None:
        """Add an entry of the table, in the group that the first of two words names."""
        *group, name = entry.name.split()
        parent = self.commands[group[0]] if group else self
        assert isinstance(parent, LazyGroup)
        parent.add_command(LazyCommand(name, entry))

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the options, which are flags. Typer imports pydantic to convert any default other than a bool."""
        params: list[Any] = super().get_params(ctx)
        for flag in params:
            flag.default = bool(flag.default)
        return params

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Select a command by the first argument, and import it. A completion of a missing command completes nothing.

        Raises:
            typer.Exit: the service of the command is not installed. The message was printed.
        """
        name, command, rest = super().resolve_command(ctx, args)
        if not isinstance(command, LazyCommand):
            return name, command, rest
        if not is_missing(command.entry):
            return name, load(command.entry), rest
        if not ctx.resilient_parsing:
            typer.echo(translate(explain(command.entry)), err=True)
            raise typer.Exit(ExitCode.MISSING_DEPENDENCY)
        return name, command, rest


def load(entry: Entry) -> Any:
    """Import the command of an entry. Its help is in the language of the user."""
    add_catalogue(entry.module.partition(".")[0])
    command: Any = get_command(import_module(entry.module).app)
    for name in entry.path:
        command = command.commands[name]
    translate_help(command)
    return command
