"""The command line of `cinestream-run`. It imports the run only when one starts."""

from typing import Annotated, cast

import typer

from cinestream.commands.frame import fail
from cinestream_demo.local.failures import CannotRun
from cinestream_flow.groups import first_error

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def run(
    check: Annotated[bool, typer.Option("--check", help="Print the effective settings and exit.")] = False,
) -> None:
    """Run NATS, the demo site (unless CINESTREAM_IMDB_URL names a site) and all services until Ctrl-C.

    Exits with 4, and changes nothing, if another run has its data in the same directory.
    """
    from cinestream.runtime.settings import load_settings, print_settings
    from cinestream_demo.local.settings import LocalSettings

    settings = load_settings(LocalSettings)
    if check:
        print_settings(settings)
        return
    from cinestream_demo.local.run import run_until_stopped

    try:
        run_until_stopped(settings)
    except* CannotRun as group:
        error = cast(CannotRun, first_error(group))
    else:
        return
    fail(error, error.exit_code)
