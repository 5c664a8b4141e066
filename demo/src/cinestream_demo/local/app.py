"""The command line of `cinestream-run`. It imports the run only when one starts."""

from typing import Annotated, cast

import typer

from cinestream.commands.exit_codes import ExitCode
from cinestream.commands.frame import fail
from cinestream.commands.language import translate
from cinestream_demo.local.failures import CannotRun
from cinestream_flow.errors import Invalid
from cinestream_flow.groups import first_error

app = typer.Typer(pretty_exceptions_enable=False)


@app.command()
def run(
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            help="What to read: tt0111161, chart:top, list:ls055592025, search:TEXT, or the URL of one. "
            "chart:top@30m is read every 30 minutes. The default is the chart.",
            show_default=False,
        ),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Print the effective settings and exit.")] = False,
) -> None:
    """Run NATS, the demo site (unless CINESTREAM_IMDB_URL names a site) and all services until Ctrl-C.

    Exits with 4, and changes nothing, if another run has its data in the same directory.
    """
    from cinestream.runtime.settings import load_settings, print_settings
    from cinestream_demo.local.settings import LocalSettings

    settings = load_settings(LocalSettings, translate=translate)
    seeds = _seeds(targets or [])
    if check:
        print_settings(settings)
        return
    from cinestream_demo.local.run import run_until_stopped

    try:
        run_until_stopped(settings, seeds)
    except* CannotRun as group:
        error = cast(CannotRun, first_error(group))
    else:
        return
    fail(error, error.exit_code)


def _seeds(targets: list[str]) -> str:
    """Return the targets for the scraper. A wrong one ends the command before anything starts."""
    from cinestream_demo.local.targets import seeds_of

    try:
        return seeds_of(targets)
    except Invalid as error:
        fail(error, ExitCode.USAGE)
