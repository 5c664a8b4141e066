"""The command `cinestream`."""

from typing import Annotated

import typer
from typer.main import get_command

from cinestream.commands.language import add_catalogue, set_language, translate_help
from cinestream_cli.lazy import LazyGroup
from cinestream_cli.table import ENTRIES, GROUPS

app = typer.Typer(cls=LazyGroup, pretty_exceptions_enable=False, no_args_is_help=True)
for _name, _help in GROUPS.items():
    app.add_typer(typer.Typer(cls=LazyGroup, help=_help, no_args_is_help=True), name=_name)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"cinestream {version('cinestream-cli')}")
        raise typer.Exit


@app.callback()
def _about(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Turn film pages into a live stream, and follow it."""


def command() -> LazyGroup:
    """Return the command with all subcommands. None of them is imported yet."""
    group = get_command(app)
    assert isinstance(group, LazyGroup)
    for entry in ENTRIES:
        group.add_entry(entry)
    group.commands = {name: group.commands[name] for name in sorted(group.commands, key=_rank)}
    return group


def _rank(name: str) -> int:
    """Return the place of a subcommand in the list, which has the order of the table."""
    return [entry.name.split()[0] for entry in ENTRIES].index(name)


def main() -> None:
    """Run the command."""
    add_catalogue("cinestream_cli")
    set_language()
    group = command()
    translate_help(group)
    group(prog_name="cinestream")


if __name__ == "__main__":
    main()
