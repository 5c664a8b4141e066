"""The command `cinestream-stream-api`."""

from typing import Annotated

import typer

from cinestream.runtime.settings import load_settings, print_settings
from cinestream_stream_api.service import run
from cinestream_stream_api.settings import StreamSettings

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.callback(invoke_without_command=True)
def stream_api(
    context: typer.Context,
    check: Annotated[bool, typer.Option("--check", help="Print the effective settings and exit.")] = False,
) -> None:
    """Serve the films as Server-Sent Events, from wherever a client left off; until SIGTERM."""
    if context.invoked_subcommand is not None:
        return
    settings = load_settings(StreamSettings)
    if check:
        print_settings(settings)
        return
    run(settings)


def main() -> None:
    """Entry point of the command."""
    app()


if __name__ == "__main__":
    main()
