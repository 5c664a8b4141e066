"""The command `dead-letters`: the subcommands that every stage has, and `snapshot`."""

from pathlib import Path
from typing import Annotated

import typer

from cinestream.bus import objects
from cinestream.bus.jetstream import Bus
from cinestream.commands.dead_letters import dead_letters_app, known_letter, run_with_bus
from cinestream.contracts import Invalid, subjects
from cinestream_scraper.browser.snapshot import unpack, write

_STAGE = "scraper"

app = dead_letters_app(_STAGE)


@app.command()
def snapshot(
    number: Annotated[int, typer.Argument(help="The number of a letter, as `list` shows it.")],
    out: Annotated[Path, typer.Option(file_okay=False, help="The folder to write into.")] = Path(),
) -> None:
    """Write what a failed page looked like: facts.json, page.html, screenshot.png, console.log."""
    run_with_bus(_STAGE, lambda bus: _snapshot(bus, number, out))


async def _snapshot(bus: Bus, number: int, out: Path) -> None:
    stored = await known_letter(bus, _STAGE, number)
    name = stored.letter.snapshot if stored.letter else None
    if not name:
        raise Invalid(f"letter {number} has no snapshot: there was no page, or the snapshot could not be stored")
    packed = await objects.get(bus, subjects.SNAPSHOTS_BUCKET, name)
    if packed is None:
        raise Invalid(f"{name} is gone: snapshots are kept for 30 days, and fewer when there are many")
    try:
        written = write(unpack(packed), out)
    except OSError as error:
        raise Invalid(f"{out} cannot be written ({error.strerror})") from error
    for path in written:
        typer.echo(str(path))
