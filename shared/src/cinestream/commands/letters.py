"""The work of the commands `dead-letters`: list, show, retry and remove the dead letters of a stage."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import anyio
import orjson
import typer

from cinestream.bus import dead_letters
from cinestream.bus.dead_letters import LetterOutcome, StoredLetter
from cinestream.bus.jetstream import Bus
from cinestream.bus.topology import DEAD_LETTERS
from cinestream.commands.exit_codes import ExitCode
from cinestream.commands.frame import fail
from cinestream.commands.language import translate
from cinestream.contracts import Envelope, Invalid, subjects
from cinestream.contracts.envelope import SCHEMA
from cinestream.contracts.page import html_bytes
from cinestream.runtime.connected import connected
from cinestream.runtime.logs import configure_logs
from cinestream.runtime.settings import bus_settings_of, load_settings
from cinestream_flow.message import Message

_REASON_WIDTH = 160
_UNREADABLE = Message("unreadable")
_OUTCOMES = {
    LetterOutcome.RETRIED: Message("retried"),
    LetterOutcome.ALREADY_QUEUED: Message("already queued"),
    LetterOutcome.REMOVED: Message("removed"),
    LetterOutcome.GONE: Message("gone already"),
}


class Selection(NamedTuple):
    """The dead letters with these numbers, or else all whose reason contains a text."""

    numbers: Sequence[int]
    reason: str
    after: int = 0


def selection(numbers: Sequence[int] | None, everything: bool, reason: str) -> Selection:
    """Return the selection of the options. Exit with code 2 unless they select in exactly one way."""
    if bool(numbers) + everything + bool(reason) != 1:
        fail(Message("select dead letters in one way: numbers, --reason TEXT, or --all"), ExitCode.USAGE)
    return Selection(numbers or (), reason)


def print_list(stage: str, reason: str, *, after: int, limit: int, json: bool) -> None:
    """Print a line for each dead letter, the oldest first."""
    format = _json if json else _line
    run_with_bus(stage, lambda bus: _list(_selected(bus, stage, Selection((), reason, after)), limit, format))


def show(stage: str, number: int, out: Path | None) -> None:
    """Print all facts of a dead letter, and write its original body to a file."""
    run_with_bus(stage, lambda bus: _show(bus, stage, number, out))


def retry(stage: str, letters: Selection) -> None:
    """Publish the original messages again, and remove their dead letters."""
    run_with_bus(stage, lambda bus: _each(bus, _selected(bus, stage, letters), dead_letters.retry))


def purge(stage: str, letters: Selection) -> None:
    """Remove dead letters permanently."""
    run_with_bus(stage, lambda bus: _each(bus, _selected(bus, stage, letters), dead_letters.purge))


def run_with_bus(stage: str, command: Callable[[Bus], Awaitable[None]]) -> None:
    """Run a command with a connection to the bus, by default as the NATS user of a stage.

    Raises:
        Invalid: The command cannot do what it is told.
        Transient: The bus does not answer.
    """
    settings = load_settings(bus_settings_of(stage), translate=translate)
    configure_logs(settings.log_format, settings.log_level, service="dead-letters")

    async def run() -> None:
        async with connected(settings, "cinestream-dead-letters") as bus:
            await command(bus)

    anyio.run(run)


async def _selected(bus: Bus, stage: str, letters: Selection) -> AsyncIterator[StoredLetter]:
    if letters.numbers:
        for number in letters.numbers:
            yield await known_letter(bus, stage, number)
        return
    last = (await bus.stream_state(DEAD_LETTERS)).last_sequence
    async for stored in dead_letters.letters(bus, stage, after=letters.after):
        # A retried message can fail again while the command runs. Its new letter is not part of this run.
        if stored.sequence > last:
            return
        if letters.reason in (stored.letter.reason if stored.letter else stored.error):
            yield stored


async def _list(selected: AsyncIterator[StoredLetter], limit: int, format: Callable[[StoredLetter], str]) -> None:
    shown, last = 0, 0
    async for stored in selected:
        if shown == limit:
            typer.echo(translate("there are more: --after {last}", last=last), err=True)
            return
        typer.echo(format(stored))
        shown, last = shown + 1, stored.sequence


async def _show(bus: Bus, stage: str, number: int, out: Path | None) -> None:
    stored = await known_letter(bus, stage, number)
    typer.echo(_json(stored, indent=True))
    if stored.letter is None:
        return
    typer.echo(stored.letter.traceback, nl=False)
    if out:
        try:
            await anyio.Path(out).write_bytes(_body(stored.letter.original))
        except OSError as error:
            raise Invalid(Message("{out} cannot be written ({error})", out=out, error=error.strerror)) from error


def _body(original: Envelope) -> bytes:
    is_page = original.headers.get(SCHEMA, "").startswith("raw-page/")
    return html_bytes(original) if is_page else original.body


async def _each(
    bus: Bus, selected: AsyncIterator[StoredLetter], act: Callable[[Bus, StoredLetter], Awaitable[LetterOutcome]]
) -> None:
    count = 0
    async for stored in selected:
        subject = subjects.target(stored.letter.original_subject) if stored.letter else _UNREADABLE
        outcome = _OUTCOMES[await act(bus, stored)]
        message = Message("{number} {subject}: {outcome}", number=stored.sequence, subject=subject, outcome=outcome)
        typer.echo(translate(message))
        count += 1
    if not count:
        typer.echo(translate("there is no such letter"), err=True)


async def known_letter(bus: Bus, stage: str, number: int) -> StoredLetter:
    """Return the dead letter with a number.

    Raises:
        Invalid: The stage has no dead letter with this number.
    """
    stored = await dead_letters.letter(bus, stage, number)
    if stored is None:
        raise Invalid(Message("there is no letter {number} of {stage}", number=number, stage=stage))
    return stored


def _line(stored: StoredLetter) -> str:
    letter = stored.letter
    if letter is None:
        return f"{stored.sequence} " + translate("unreadable: {error}", error=stored.error)
    reason = " ".join(letter.reason.split())
    reason = reason if len(reason) <= _REASON_WIDTH else f"{reason[:_REASON_WIDTH]}…"
    died = letter.died_at.strftime("%Y-%m-%d %H:%M:%SZ")
    return f"{stored.sequence} {died} {letter.deliveries}x {subjects.target(letter.original_subject)} {reason}"


def _json(stored: StoredLetter, *, indent: bool = False) -> str:
    facts = {"number": stored.sequence, "fault": stored.error} if stored.error else {"number": stored.sequence}
    if stored.letter:
        facts |= stored.letter.model_dump(mode="json", exclude={"original_body", "traceback"}, exclude_none=True)
        facts["original_bytes"] = len(stored.letter.original_body)
    return orjson.dumps(facts, option=orjson.OPT_INDENT_2 if indent else 0).decode()
