"""`cinestream-trakt`: login, export, verification.

The work of a command is imported when the command runs, so that `--help` and completion are fast.
"""

from typing import Annotated

import typer

from cinestream_trakt_export.cli import diagnostic_commands, export_commands

app = typer.Typer(pretty_exceptions_enable=False, no_args_is_help=True)


@app.callback()
def _about() -> None:
    """Export a Trakt.tv library as files that Letterboxd imports."""


@app.command()
def settings() -> None:
    """Print the effective settings as JSON, secrets masked."""
    from cinestream_trakt_export.cli.account import print_settings

    print_settings()


@app.command()
def login() -> None:
    """Log in with a code that you type in at Trakt."""
    from cinestream_trakt_export.cli.account import log_in

    log_in()


@app.command()
def logout() -> None:
    """Log out: revoke the login at Trakt and delete it."""
    from cinestream_trakt_export.cli.account import log_out

    log_out()


@app.command()
def whoami() -> None:
    """Show the account that is logged in, and its time zone."""
    from cinestream_trakt_export.cli.account import print_account

    print_account()


export_commands.register(app)


@app.command()
def resume() -> None:
    """Finish the interrupted exports, with the options they were started with."""
    from cinestream_trakt_export.cli.resume import resume_exports

    resume_exports()


@app.command()
def operations(
    name: Annotated[str, typer.Option("--forget", help="Delete the operation with this name instead.")] = "",
) -> None:
    """List the interrupted exports and their progress."""
    from cinestream_trakt_export.cli.resume import forget_operation, list_operations

    if name:
        forget_operation(name)
    else:
        list_operations()


diagnostic_commands.register(app)
