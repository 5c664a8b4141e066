"""The command `enqueue`: sends requests to the running scraper, or queues them if none runs."""

import sys
from collections import Counter

import httpx2
import orjson
import typer

from cinestream.bus.jetstream import Bus, PermissionDenied
from cinestream.contracts import Transient
from cinestream.contracts.subjects import ASK_SCRAPER
from cinestream.runtime.connected import connected
from cinestream_scraper.politeness.host import Host
from cinestream_scraper.service.request_api import ApiRequest, RequestApi, RequestStatus
from cinestream_scraper.settings import ScraperSettings


async def enqueue(settings: ScraperSettings, requests: list[ApiRequest]) -> Counter[RequestStatus]:
    """Send each request and print its status. Return how many had each status.

    Raises:
        Transient: the bus does not answer.
    """
    statuses: Counter[RequestStatus] = Counter()
    async with connected(settings, "cinestream-scraper-enqueue") as bus, httpx2.AsyncClient() as client:
        # A running scraper knows robots.txt and the pauses. This machine may have no access to the site.
        without_robots = settings.model_copy(update={"scraper_obey_robots": False})
        local_api = RequestApi(settings, bus, Host(without_robots, client))
        is_running = await _is_running(bus)
        with typer.progressbar(requests, label="queueing", file=sys.stderr) as bar:
            for request in bar:
                status, why = await (_send(bus, request) if is_running else local_api.decide(request))
                typer.echo(f"{request.target}: {status}{f' ({why})' if why else ''}")
                statuses[status] += 1
    return statuses


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
    return RequestStatus(answer["answer"]), answer["why"]
