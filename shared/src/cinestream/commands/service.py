"""The command of a service: it runs the service, or checks its settings."""

from collections.abc import Callable
from typing import Annotated, TypeVar

import typer

from cinestream.runtime.settings import CommonSettings, load_settings, print_settings

Check = Annotated[bool, typer.Option("--check", help="Print the effective settings and exit.")]
S = TypeVar("S", bound=CommonSettings)


def add_service(app: typer.Typer, settings: type[S], run: Callable[[S], None], *, help: str) -> None:
    """Make a command without a sub-command run the service.

    Args:
        app: Command to extend. Its sub-commands are not affected.
        settings: Settings of the service. The option `--check` prints them instead of running the service.
        run: Function that runs the service until it is stopped.
        help: Description of the service for `--help`.
    """

    @app.callback(invoke_without_command=True, help=help)
    def service(context: typer.Context, check: Check = False) -> None:
        if context.invoked_subcommand is not None:
            return
        loaded = load_settings(settings)
        if check:
            print_settings(loaded)
        else:
            run(loaded)
