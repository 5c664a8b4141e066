"""Doing something with a client, for the length of a command."""

import gc
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import typer

from cinestream.contracts.errors import Transient
from cinestream.runtime.settings import BusSettings
from cinestream.runtime.settings import load_settings as load_common_settings
from cinestream_flow.batch import BatchFailed
from cinestream_flow.checkpoint import CheckpointRefused
from cinestream_flow.message import Message
from cinestream_flow.pipeline import MemoryExceeded
from cinestream_trakt_export.cli import health
from cinestream_trakt_export.cli.language import set_language, translate
from cinestream_trakt_export.library.request import Request
from cinestream_trakt_export.schedule import Schedule, cron, every
from cinestream_trakt_export.settings import TraktSettings, load_settings
from cinestream_trakt_export.trakt.client import Trakt, connected
from cinestream_trakt_export.trakt.errors import TraktError

if TYPE_CHECKING:
    from cinestream_trakt_export.export.stream_lookup import StreamLookup

_EXTRAS = {"cryptography": "encryption", "keyring": "keyring", "pyinstrument": "profiling"}
_PLAIN = (TraktError, Transient, CheckpointRefused, MemoryExceeded, BatchFailed)
_DISK = (OSError, sqlite3.Error)
EXPECTED = (*_PLAIN, *_DISK)
"""What may go wrong without a fault in this program."""
_PATIENCE = 10.0  # seconds
Work = Callable[[Trakt, TraktSettings], Awaitable[None]]


def spoken_settings() -> TraktSettings:
    """The settings, spoken in their language."""
    settings = load_settings(translate=translate)
    set_language(settings.export.language)
    return settings


def ready_settings() -> TraktSettings:
    """The settings, spoken in their language; exits with code 2 without an application."""
    settings = spoken_settings()
    if not settings.api.client_id:
        typer.echo(
            translate(
                "api.client_id is missing: make an application at {url}", url="https://trakt.tv/oauth/applications"
            ),
            err=True,
        )
        raise typer.Exit(2)
    return settings


def schedule_of(every_text: str, cron_text: str) -> Schedule | None:
    """The schedule of the options; None when there is none. Exits with code 2 for what is none."""
    try:
        if every_text and cron_text:
            raise ValueError(Message("use --every or --cron, not both"))
        return every(every_text) if every_text else cron(cron_text) if cron_text else None
    except ValueError as error:
        typer.echo(translate(error), err=True)
        raise typer.Exit(2) from None


def with_trakt(work: Work, *, profile: Path | None = None) -> None:
    """Do something with a client; what goes wrong as expected is one sentence, and exit code 1 (2: not set up).

    `profile` is a folder that gets the profile and the heap.
    """
    settings = ready_settings()
    gc.freeze()  # what was imported stays, and need not be looked at again and again
    gc.set_threshold(10_000)  # nearly all that an export makes is free of cycles

    async def main() -> None:
        async with _debugging(settings), connected(settings) as trakt:
            try:
                await work(trakt, settings)
            finally:
                health.save(trakt, settings)

    with plainly(), profiled(profile, settings):
        anyio.run(main, backend_options={"use_uvloop": True})


@contextmanager
def plainly() -> Iterator[None]:
    """What goes wrong as expected is one sentence, and exit code 1 (2: not set up)."""
    try:
        yield
    except _PLAIN as error:
        typer.echo(translate(error), err=True)
        raise typer.Exit(1) from None
    except _DISK as error:
        if isinstance(error, BrokenPipeError):
            raise  # who reads us has had enough
        typer.echo(translate("the system refuses: {error}", error=error), err=True)
        raise typer.Exit(1) from None
    except ModuleNotFoundError as error:
        if error.name not in _EXTRAS:
            raise
        typer.echo(
            translate(
                "{package} is missing: install cinestream-trakt-export[{extra}]",
                package=error.name,
                extra=_EXTRAS[error.name],
            ),
            err=True,
        )
        raise typer.Exit(2) from None


def _debugging(settings: TraktSettings) -> AbstractAsyncContextManager[None]:
    if not settings.profiling.enabled:
        return nullcontext()
    from cinestream_trakt_export.cli.profiling import debugging  # a web server: not for every command

    return debugging(settings.profiling)


@contextmanager
def profiled(folder: Path | None, settings: TraktSettings) -> Iterator[None]:
    """With a folder, write a profile of the time and of the heap into it at the end."""
    if folder is None:
        yield
        return
    from cinestream_trakt_export.cli import profiling

    with profiling.profiled(folder, settings.profiling):
        yield
    typer.echo(translate("Profile and heap are in {folder}", folder=folder), err=True)


@asynccontextmanager
async def our_stream(requests: Sequence[Request], *, service: bool = False) -> "AsyncIterator[StreamLookup | None]":
    """The way to our own stream of films; None when no request asks it anything, and NATS need not be there.

    A service waits for NATS as long as it takes; for others Transient is raised after ten seconds.
    """
    if not any(request.enqueue or request.enrich for request in requests):
        yield None
        return
    from cinestream.runtime.connected import connected as bus_connected  # NATS: not for every command
    from cinestream_trakt_export.export.stream_lookup import StreamLookup

    settings, patience = load_common_settings(BusSettings, translate=translate), None if service else _PATIENCE
    async with bus_connected(settings, "trakt-export", timeout=patience) as bus:
        yield StreamLookup(bus)
