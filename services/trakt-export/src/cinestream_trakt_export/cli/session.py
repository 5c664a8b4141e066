"""The frame of a command: settings and their language, a client, expected errors as one sentence."""

import gc
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import typer

from cinestream.commands.exit_codes import ExitCode
from cinestream.commands.frame import fail
from cinestream.commands.language import set_language, translate
from cinestream.contracts.errors import Transient
from cinestream.runtime.logs import configure_logs
from cinestream.runtime.settings import CommonSettings, bus_settings_of
from cinestream.runtime.settings import load_settings as load_common_settings
from cinestream_flow.batch import BatchFailed
from cinestream_flow.checkpoint import CheckpointRefused
from cinestream_flow.message import Message
from cinestream_flow.pipeline import MemoryExceeded
from cinestream_trakt_export.cli import health
from cinestream_trakt_export.library.request import Request
from cinestream_trakt_export.schedule import Schedule, cron, every
from cinestream_trakt_export.settings import PREFIX, TraktSettings, load_settings
from cinestream_trakt_export.trakt.client import Trakt, connected
from cinestream_trakt_export.trakt.errors import TraktError

if TYPE_CHECKING:
    from cinestream_trakt_export.export.stream_lookup import StreamLookup

_EXPLAINED = (TraktError, Transient, CheckpointRefused, MemoryExceeded, BatchFailed)
_SYSTEM = (OSError, sqlite3.Error)
EXPECTED = (*_EXPLAINED, *_SYSTEM)
"""Errors that are no fault of this program."""
_NATS_SECONDS = 10.0
Work = Callable[[Trakt, TraktSettings], Awaitable[None]]


def user_settings() -> TraktSettings:
    """Read the settings, set their language, and configure the log. Exit with code 2 for invalid settings."""
    settings = load_settings(translate=translate)
    set_language(settings.export.language)
    common = load_common_settings(CommonSettings, translate=translate)
    configure_logs(common.log_format, common.log_level, service="trakt-export")
    return settings


def client_settings() -> TraktSettings:
    """Read the settings as `user_settings` does. Exit with code 2 if they name no application."""
    settings = user_settings()
    if not settings.api.client_id:
        url = "https://trakt.tv/oauth/applications"
        fail(Message("api.client_id is missing: make an application at {url}", url=url), ExitCode.USAGE)
    return settings


def schedule_of(every_text: str, cron_text: str) -> Schedule | None:
    """Return the schedule of the options, None without options. Exit with code 2 for an invalid schedule."""
    try:
        if every_text and cron_text:
            raise ValueError(Message("use --every or --cron, not both"))
        return every(every_text) if every_text else cron(cron_text) if cron_text else None
    except ValueError as error:
        fail(error, ExitCode.USAGE)


def with_trakt(work: Work, *, profile: Path | None = None) -> None:
    """Run a function with a client, and report expected errors as `reporting_errors` does.

    Args:
        work: gets the client and the settings.
        profile: the folder for a profile of the run, None for no profile.
    """
    settings = client_settings()
    # The imported modules stay until the end, so the garbage collector need not visit them again and again. Nearly
    # everything that an export makes is free of cycles, so the collector may run less often.
    gc.freeze()
    gc.set_threshold(10_000)

    async def main() -> None:
        async with _debugging(settings), connected(settings) as trakt:
            try:
                await work(trakt, settings)
            finally:
                health.save(trakt, settings)

    with reporting_errors(), profiled(profile, settings):
        anyio.run(main, backend_options={"use_uvloop": True})


@contextmanager
def reporting_errors() -> Iterator[None]:
    """Print an expected error as one sentence, and exit with code 1."""
    try:
        yield
    except _EXPLAINED as error:
        fail(error)
    except BrokenPipeError:
        raise  # the reader of the output closed it: typer ends quietly
    except _SYSTEM as error:
        fail(_about_a_folder(error) or Message("error of the operating system: {error}", error=error))


def _about_a_folder(error: Exception) -> Message | None:
    """Return the message about a folder of the settings that cannot be used, None for any other error."""
    if not isinstance(error, OSError) or not error.filename:
        return None
    settings, path = load_settings(), Path(str(error.filename))
    folders = {
        "CACHE__DIR": settings.cache.dir,
        "CHECKPOINTS__DIR": settings.checkpoints.dir,
        "LOGIN__TOKEN_FILE": settings.login.token_file,
    }
    for name, folder in folders.items():
        if path.is_relative_to(folder) or folder.is_relative_to(path):
            return Message(
                "{path} cannot be used ({error}): set {name}", path=path, error=error.strerror, name=f"{PREFIX}{name}"
            )
    return None


def _debugging(settings: TraktSettings) -> AbstractAsyncContextManager[None]:
    if not settings.profiling.enabled:
        return nullcontext()
    from cinestream_trakt_export.cli.profiling import debugging  # a web server: slow to import

    return debugging(settings.profiling)


@contextmanager
def profiled(folder: Path | None, settings: TraktSettings) -> Iterator[None]:
    """Write a profile of time and memory into a folder at the end. Do nothing without a folder."""
    if folder is None:
        yield
        return
    from cinestream_trakt_export.cli import profiling

    with profiling.profiled(folder, settings.profiling):
        yield
    typer.echo(translate("The profile is in {folder}", folder=folder), err=True)


@asynccontextmanager
async def stream_lookup(requests: Sequence[Request], *, service: bool = False) -> "AsyncIterator[StreamLookup | None]":
    """Connect to our own stream of films. Yield None without a connection if no request needs it.

    Args:
        requests: the exports.
        service: wait for NATS without a limit. Otherwise Transient is raised after ten seconds.
    """
    if not any(request.enqueue or request.enrich for request in requests):
        yield None
        return
    from cinestream.runtime.connected import connected as bus_connected  # NATS: slow to import
    from cinestream_trakt_export.export.stream_lookup import StreamLookup

    settings = load_common_settings(bus_settings_of("trakt-export"), translate=translate)
    async with bus_connected(settings, "trakt-export", timeout=None if service else _NATS_SECONDS) as bus:
        yield StreamLookup(bus)
