"""`cinestream-stream-api`: without a command it runs the service."""

from typing import Annotated

import typer

from cinestream.commands.service import add_service, settings_to_run

app = typer.Typer(pretty_exceptions_enable=False)


def _serve(check: bool) -> None:
    from cinestream_stream_api.settings import StreamSettings

    if settings := settings_to_run(StreamSettings, check):
        from cinestream_stream_api.process.service import run

        run(settings)


add_service(app, _serve, help="Serve films as Server-Sent Events that clients can resume. Runs until SIGTERM.")


@app.command()
def remove(
    ids: Annotated[list[str], typer.Argument(help="Films, by IMDb id (tt…) or title URL.")],
) -> None:
    """Take films down: delete them from history and from the directors' statistics, and notify all open streams.

    Needs the NATS user `takedown`. A film comes back when a page of it is read after the removal.
    """
    from cinestream_stream_api.commands.remove import remove_films

    remove_films(ids)
