"""The typer application of `cinestream`."""

import typer

from cinestream_cli.lazy import LazyGroup
from cinestream_cli.table import GROUPS

app = typer.Typer(
    cls=LazyGroup,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="Turn film pages into a live stream, and follow it.",
)
for _name, _help in GROUPS.items():
    app.add_typer(typer.Typer(cls=LazyGroup, help=_help, no_args_is_help=True), name=_name)
