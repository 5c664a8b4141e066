"""`<service> dead-letters list | show | retry | purge`: one command for the dead letters of every stage."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Annotated

import anyio
import orjson
import typer

from cinestream.bus import dead_letters
from cinestream.bus.dead_letters import StoredLetter
from cinestream.bus.jetstream import Bus
from cinestream.bus.topology import DEAD_LETTERS
from cinestream.contracts import Envelope, Invalid, Transient
from cinestream.contracts.envelope import SCHEMA
from cinestream.contracts.page import html_bytes
from cinestream.runtime.connected import connected
from cinestream.runtime.logs import configure_logs
from cinestream.runtime.settings import BusSettings, load_settings

Numbers = Annotated[list[int] | None, typer.Argument(help="Numbers of letters, as `list` shows them.")]
Everything = Annotated[bool, typer.Option("--all", help="All letters of this stage.")]
Reason = Annotated[str, typer.Option(help="Only those whose reason contains this text.")]
_REASON_WIDTH = 160


def dead_letters_app(stage: str) -> typer.Typer:
    """The sub-command for the letters of one stage (`scraper`, `etl`), to be mounted by its service."""
    app = typer.Typer(help="Read, retry or remove what could not be handled.", no_args_is_help=True)

    @app.command("list")
    def list_letters(
        reason: Reason = "",
        after: Annotated[int, typer.Option(min=0, help="Begin behind this number.")] = 0,
        limit: Annotated[int, typer.Option(min=1, help="At most this many.")] = 100,
        json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    ) -> None:
        """List the letters, the oldest first: number, time, deliveries, subject, reason."""
        form = _facts if json else _line
        run_with_bus(lambda bus: _list(_chosen(bus, stage, None, reason, after=after), limit, form))

    @app.command()
    def show(
        number: Annotated[int, typer.Argument(help="The number of a letter.")],
        out: Annotated[Path | None, typer.Option(help="Write the original's body here; a page as HTML.")] = None,
    ) -> None:
        """Show all that is known of a letter."""
        run_with_bus(lambda bus: _show(bus, stage, number, out))

    @app.command()
    def retry(numbers: Numbers = None, everything: Everything = False, reason: Reason = "") -> None:
        """Publish the originals again, and remove their letters."""
        _require_choice(numbers, everything, reason)
        run_with_bus(lambda bus: _each(bus, _chosen(bus, stage, numbers, reason), dead_letters.retry))

    @app.command()
    def purge(numbers: Numbers = None, everything: Everything = False, reason: Reason = "") -> None:
        """Remove letters for good."""
        _require_choice(numbers, everything, reason)
        run_with_bus(lambda bus: _each(bus, _chosen(bus, stage, numbers, reason), dead_letters.purge))

    return app


def run_with_bus(command: Callable[[Bus], Awaitable[None]]) -> None:
    """Run a command with the bus of the settings; what it cannot do is told in one sentence, with exit code 1."""
    settings = load_settings(BusSettings)
    configure_logs(settings.log_format, settings.log_level, service="dead-letters")

    async def run() -> None:
        async with connected(settings, "cinestream-dead-letters") as bus:
            await command(bus)

    try:
        anyio.run(run)
    except (Invalid, Transient) as error:
        raise _fail(str(error)) from None


async def _chosen(
    bus: Bus, stage: str, numbers: list[int] | None, reason: str, *, after: int = 0
) -> AsyncIterator[StoredLetter]:
    """The letters of these numbers, else all; of them those with the reason. Only what is there at the beginning."""
    if numbers:
        for number in numbers:
            yield await known_letter(bus, stage, number)
        return
    last = (await bus.stream_state(DEAD_LETTERS)).last_sequence
    async for kept in dead_letters.letters(bus, stage, after=after):
        if kept.sequence > last:  # what is retried may die again meanwhile
            return
        if reason in (kept.letter.reason if kept.letter else kept.fault):
            yield kept


async def _list(chosen: AsyncIterator[StoredLetter], limit: int, line: Callable[[StoredLetter], str]) -> None:
    shown, last = 0, 0
    async for kept in chosen:
        if shown == limit:
            typer.echo(f"there are more: --after {last}", err=True)
            return
        typer.echo(line(kept))
        shown, last = shown + 1, kept.sequence


async def _show(bus: Bus, stage: str, number: int, out: Path | None) -> None:
    kept = await known_letter(bus, stage, number)
    typer.echo(_facts(kept, indent=True))
    if kept.letter is None:
        return
    typer.echo(kept.letter.traceback, nl=False)
    if out:
        try:
            await anyio.Path(out).write_bytes(_body(kept.letter.original))
        except OSError as error:
            raise Invalid(f"{out} cannot be written ({error.strerror})") from error


def _body(original: Envelope) -> bytes:
    is_page = original.headers.get(SCHEMA, "").startswith("raw-page/")
    return html_bytes(original) if is_page else original.body


async def _each(
    bus: Bus, chosen: AsyncIterator[StoredLetter], act: Callable[[Bus, StoredLetter], Awaitable[str]]
) -> None:
    done = 0
    async for kept in chosen:
        subject = kept.letter.original_subject if kept.letter else "unreadable"
        typer.echo(f"{kept.sequence} {subject}: {await act(bus, kept)}")
        done += 1
    if not done:
        typer.echo("there is no such letter", err=True)


async def known_letter(bus: Bus, stage: str, number: int) -> StoredLetter:
    """The letter of that number.

    Raises:
        Invalid: there is none.
    """
    kept = await dead_letters.letter(bus, stage, number)
    if kept is None:
        raise Invalid(f"there is no letter {number} of {stage}")
    return kept


def _line(kept: StoredLetter) -> str:
    letter = kept.letter
    if letter is None:
        return f"{kept.sequence} unreadable: {kept.fault}"
    reason = " ".join(letter.reason.split())
    reason = reason if len(reason) <= _REASON_WIDTH else f"{reason[:_REASON_WIDTH]}…"
    died = letter.died_at.strftime("%Y-%m-%d %H:%M:%SZ")
    return f"{kept.sequence} {died} {letter.deliveries}x {letter.original_subject} {reason}"


def _facts(kept: StoredLetter, *, indent: bool = False) -> str:
    facts = {"number": kept.sequence, "fault": kept.fault} if kept.fault else {"number": kept.sequence}
    if kept.letter:
        facts |= kept.letter.model_dump(mode="json", exclude={"original_body", "traceback"}, exclude_none=True)
        facts["original_bytes"] = len(kept.letter.original_body)
    return orjson.dumps(facts, option=orjson.OPT_INDENT_2 if indent else 0).decode()


def _require_choice(numbers: list[int] | None, everything: bool, reason: str) -> None:
    if bool(numbers) + everything + bool(reason) != 1:
        raise _fail("say which: numbers, --reason TEXT, or --all")


def _fail(text: str) -> typer.Exit:
    typer.echo(text, err=True)
    return typer.Exit(1)
