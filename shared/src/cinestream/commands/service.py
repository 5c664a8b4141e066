"""The command of a service: it runs the service, or checks its settings."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from cinestream.commands.language import translate

if TYPE_CHECKING:
    from cinestream.runtime.settings import CommonSettings

Check = Annotated[bool, typer.Option("--check", help="Print the effective settings and exit.")]
S = TypeVar("S", bound="CommonSettings")


def add_service(app: typer.Typer, run: Callable[[bool], None], *, help: str) -> None:
    """Make a command without a sub-command run the service.

    Args:
        app: Command to extend. Its sub-commands are not affected.
        run: Function that runs the service until it is stopped. It gets the option `--check`, with which it only
            prints the settings.
        help: Description of the service for `--help`.
    """

    @app.callback(invoke_without_command=True, help=help)
    def service(context: typer.Context, check: Check = False) -> None:
        if context.invoked_subcommand is None:
            run(check)


def settings_to_run(settings: type[S], check: bool) -> S | None:
    """Return the settings. With the option `--check`, print them and return None."""
    from cinestream.runtime.settings import load_settings, print_settings

    loaded = load_settings(settings, translate=translate)
    if not check:
        return loaded
    print_settings(loaded)
    return None
