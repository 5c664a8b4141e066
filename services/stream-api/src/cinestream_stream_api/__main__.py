"""The command `cinestream-stream-api`."""

from contextlib import suppress
from typing import Annotated

import anyio
import typer

from cinestream.commands.language import translate
from cinestream.commands.service import add_service
from cinestream.contracts import Invalid, Kind, ScrapeRequest, Transient
from cinestream.runtime.connected import connected
from cinestream.runtime.logs import configure_logs
from cinestream.runtime.settings import bus_settings_of, load_settings
from cinestream_flow.message import Message
from cinestream_stream_api.catalogue.removal import remove
from cinestream_stream_api.process.service import run
from cinestream_stream_api.settings import StreamSettings

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
add_service(
    app,
    StreamSettings,
    run,
    help="Serve films as Server-Sent Events that clients can resume. Runs until SIGTERM.",
)


@app.command(name="remove")
def remove_films(
    ids: Annotated[list[str], typer.Argument(help="Films, by IMDb id (tt…) or title URL.")],
) -> None:
    """Take films down: delete them from history and from the directors' statistics, and notify all open streams.

    Needs the NATS user `takedown`. A film comes back when a page of it is read after the removal.
    """
    settings = load_settings(bus_settings_of("takedown"))
    configure_logs(settings.log_format, settings.log_level, service="remove")

    async def run(titles: list[str]) -> None:
        async with connected(settings, "cinestream-stream-api-remove") as bus:
            for title in titles:
                typer.echo(f"{title} {translate((await remove(bus, title)).value)}")

    try:
        anyio.run(run, [_title_id(id) for id in ids])
    except (Invalid, Transient) as error:
        typer.echo(translate("remove: {error}", error=error), err=True)
        raise typer.Exit(1) from None


def _title_id(text: str) -> str:
    """Return the id of the title in a user's input.

    Raises:
        Invalid: it is not a title.
    """
    with suppress(Invalid):  # its message lists targets that are no titles
        target = ScrapeRequest.of(text)
        if target.kind is Kind.TITLE:
            return target.id
    raise Invalid(Message("{text} is not a title: expected a title id such as tt0111161, or a title URL", text=text))


def main() -> None:
    """Run the command."""
    app()


if __name__ == "__main__":
    main()
