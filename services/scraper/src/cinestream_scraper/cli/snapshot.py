"""The command `dead-letters snapshot`: the files that show a failed page."""

from pathlib import Path

import typer

from cinestream.bus import objects
from cinestream.bus.jetstream import Bus
from cinestream.commands.letters import known_letter, run_with_bus
from cinestream.contracts import Invalid, subjects
from cinestream_flow.message import Message
from cinestream_scraper.browser.snapshot import unpack, write

_STAGE = "scraper"


def write_snapshot(number: int, out: Path) -> None:
    """Write the files of the snapshot of a dead letter into a folder, and print their paths."""
    run_with_bus(_STAGE, lambda bus: _snapshot(bus, number, out))


async def _snapshot(bus: Bus, number: int, out: Path) -> None:
    stored = await known_letter(bus, _STAGE, number)
    name = stored.letter.snapshot if stored.letter else None
    if not name:
        raise Invalid(
            Message(
                "letter {number} has no snapshot: there was no page, or the snapshot could not be stored", number=number
            )
        )
    packed = await objects.get(bus, subjects.SNAPSHOTS_BUCKET, name)
    if packed is None:
        raise Invalid(
            Message("{name} is gone: snapshots are kept for 30 days, and fewer when there are many", name=name)
        )
    try:
        written = write(unpack(packed), out)
    except OSError as error:
        raise Invalid(Message("{out} cannot be written ({error})", out=out, error=error.strerror)) from error
    for path in written:
        typer.echo(str(path))
