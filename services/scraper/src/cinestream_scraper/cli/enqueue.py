"""The command `enqueue`: sends requests to the running scraper, or queues them if none runs."""

import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

import anyio
import orjson
import typer

from cinestream.bus.jetstream import Bus, PermissionDenied
from cinestream.commands.exit_codes import ExitCode
from cinestream.commands.language import translate
from cinestream.contracts import Transient
from cinestream.contracts.subjects import ASK_SCRAPER
from cinestream.runtime.connected import connected
from cinestream.runtime.logs import configure_logs
from cinestream.runtime.settings import load_settings
from cinestream_flow.message import Message
from cinestream_scraper.cli.targets import requested
from cinestream_scraper.service.api_request import ApiRequest, RequestStatus
from cinestream_scraper.settings import ScraperSettings

Decide = Callable[[ApiRequest], Awaitable[tuple[RequestStatus, str]]]


def print_statuses(requests: list[ApiRequest]) -> None:
    """Send each request and print its status. Exit with 1 if one is refused, and with 2 if one is no target."""
    settings = load_settings(ScraperSettings, translate=translate)
    configure_logs(settings.log_format, settings.log_level, service="scraper")
    for request in requests:  # report a mistake before anything is queued
        requested(request.target, limit=request.limit, depth=request.depth)
    statuses = anyio.run(_enqueue, settings, requests)
    if statuses[RequestStatus.REFUSED]:
        raise typer.Exit(ExitCode.FAILED)


async def _enqueue(settings: ScraperSettings, requests: list[ApiRequest]) -> Counter[RequestStatus]:
    """Return how many requests had each status."""
    statuses: Counter[RequestStatus] = Counter()
    async with connected(settings, "cinestream-scraper-enqueue") as bus, _receiver(settings, bus) as decide:
        with typer.progressbar(requests, label=translate("queueing"), file=sys.stderr) as bar:
            for request in bar:
                status, why = await decide(request)
                typer.echo(_line(request.target, translate(status), why))
                statuses[status] += 1
    return statuses


def _line(target: str, status: str, why: str) -> str:
    if not why:
        return translate("{target}: {status}", target=target, status=status)
    return translate("{target}: {status} ({why})", target=target, status=status, why=why)


@asynccontextmanager
async def _receiver(settings: ScraperSettings, bus: Bus) -> AsyncIterator[Decide]:
    """Yield the function that decides on a request: that of the running scraper, or of this process if none runs."""
    if await _is_running(bus):
        yield partial(_send, bus)
        return
    import httpx2  # not imported while a scraper runs, which is the usual case

    from cinestream_scraper.politeness.host import Host
    from cinestream_scraper.service.request_api import RequestApi

    async with httpx2.AsyncClient() as client:
        # A running scraper knows robots.txt and the pauses. This machine may have no access to the site.
        without_robots = settings.model_copy(update={"scraper_obey_robots": False})
        yield RequestApi(settings, bus, Host(without_robots, client)).decide


async def _is_running(bus: Bus) -> bool:
    """Return True if a scraper answers.

    Raises:
        PermissionDenied: the NATS user is not that of the scraper.
    """
    try:
        await bus.request("$SRV.PING.cinestream-scraper", b"", wait=5.0)
    except PermissionDenied:
        raise
    except Transient:
        return False
    return True


async def _send(bus: Bus, request: ApiRequest) -> tuple[RequestStatus, str]:
    answer = orjson.loads(await bus.request(ASK_SCRAPER, request.model_dump_json().encode()))
    # An older scraper gives the reason in words only.
    why = Message.loads(orjson.dumps(answer["message"]).decode()) if answer.get("message") else answer["why"]
    return RequestStatus(answer["answer"]), why
