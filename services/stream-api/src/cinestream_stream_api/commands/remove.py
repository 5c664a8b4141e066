"""`cinestream-stream-api remove`: the removal of films by an operator."""

from collections.abc import Sequence
from contextlib import suppress

import anyio
import typer

from cinestream.commands.exit_codes import ExitCode
from cinestream.commands.frame import fail
from cinestream.commands.language import translate
from cinestream.contracts import Invalid, Kind, ScrapeRequest, Transient
from cinestream.runtime.connected import connected
from cinestream.runtime.logs import configure_logs
from cinestream.runtime.settings import bus_settings_of, load_settings
from cinestream_flow.message import Message
from cinestream_stream_api.catalogue.removal import remove


def remove_films(ids: Sequence[str]) -> None:
    """Remove films by their ids or URLs, and print the result of each. One wrong id removes no film."""
    titles = [_title_id(id) for id in ids]
    settings = load_settings(bus_settings_of("takedown"), translate=translate)
    configure_logs(settings.log_format, settings.log_level, service="remove")

    async def run() -> None:
        async with connected(settings, "cinestream-stream-api-remove") as bus:
            for title in titles:
                typer.echo(f"{title} {translate((await remove(bus, title)).value)}")

    try:
        anyio.run(run)
    except (Invalid, Transient) as error:
        fail(Message("remove: {error}", error=error))


def _title_id(text: str) -> str:
    """Return the id of the title in a user's input. Exit with code 2 if it is not a title."""
    target: ScrapeRequest | None = None
    with suppress(Invalid):  # its message lists targets that are no titles
        target = ScrapeRequest.of(text)
    if target is None or target.kind is not Kind.TITLE:
        message = Message("{text} is not a title: expected a title id such as tt0111161, or a title URL", text=text)
        fail(message, ExitCode.USAGE)
    return target.id
