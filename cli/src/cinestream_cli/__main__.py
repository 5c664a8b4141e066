"""The command `cinestream`."""

from importlib.metadata import version
from typing import Annotated

import typer
from typer.main import get_command

from cinestream_cli.lazy import LazyGroup
from cinestream_cli.table import ENTRIES, GROUPS

app = typer.Typer(cls=LazyGroup, pretty_exceptions_enable=False, no_args_is_help=True)
for _name, _help in GROUPS.items():
    app.add_typer(typer.Typer(cls=LazyGroup, help=_help, no_args_is_help=True), name=_name)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"cinestream {version('cinestream-cli')}")
        raise typer.Exit


@app.callback()
def _about(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Turn film pages into a live stream, and follow it."""


def main() -> None:
    """Run the command."""
    command = get_command(app)
    assert isinstance(command, LazyGroup)
    for entry in ENTRIES:
        command.add_entry(entry)
    command(prog_name="cinestream")


if __name__ == "__main__":
    main()
