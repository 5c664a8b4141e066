"""The request API: the NATS micro service `cinestream-scraper`. It queues a page and answers at once.

nats request cinestream.ask.scraper.scrape tt0111161
{"target":"tt0111161","answer":"queued","why":""}
"""

from dataclasses import dataclass

import anyio
import orjson

from cinestream.bus import topology
from cinestream.bus.jetstream import Bus
from cinestream.contracts import Invalid, ScrapeRequest, Transient
from cinestream_flow.message import Message, message_of
from cinestream_scraper.crawl import freshness, schedule
from cinestream_scraper.politeness.host import Host
from cinestream_scraper.service.api_request import ApiRequest, RequestStatus
from cinestream_scraper.settings import ScraperSettings

SERVICE = "cinestream-scraper"
VERSION = "1.0.0"
"""The version of the request and the answer, which are a contract."""

_TIMEOUT_SECONDS = 1.0
"""Time for facts that an answer can do without: the robots.txt of the site, and the request that is queued already."""


@dataclass(frozen=True)
class RequestApi:
    """The request API of one scraper."""

    settings: ScraperSettings
    bus: Bus
    host: Host

    async def answer(self, body: bytes) -> bytes:
        """Return the answer to a request as JSON: `target`, `answer`, and `why` in words.

        `message` has the template and the values of `why`, for clients that translate it. It is null without a reason.

        Raises:
            Invalid: the body is not a request.
            Transient: the bus does not answer.
        """
        request = ApiRequest.decode(body)
        status, why = await self.decide(request)
        message = orjson.Fragment(message_of(why).dumps()) if why else None
        return orjson.dumps({"target": request.target, "answer": status, "why": why, "message": message})

    async def decide(self, requested: ApiRequest) -> tuple[RequestStatus, str]:
        """Queue a request unless its page is fresh or refused. Return its status, and the reason in words.

        Raises:
            Transient: the bus does not answer.
        """
        try:
            self.settings.site.require_named(requested.target)
            request = ScrapeRequest.of(
                requested.target,
                lane=requested.lane,
                force=requested.force,
                limit=requested.limit,
                depth=requested.depth,
            )
            with anyio.fail_after(_TIMEOUT_SECONDS):
                await self.host.require_allowed(self.settings.site.address(request))
        except Invalid as error:
            return RequestStatus.REFUSED, message_of(error)
        except TimeoutError:
            why: str = Message("the site has not sent its robots.txt yet")
        except Transient as error:
            why = message_of(error)  # robots.txt cannot be read now, for which the request can wait in the queue
        else:
            why = "; ".join(self.host.degraded())
        # A request that leads to other titles is queued even if its page is fresh: those titles may not be.
        if not request.force and not request.follows_links:
            page = await freshness.fresh_page(self.bus, request, self.settings.scraper_freshness_ttl)
            if page:
                return RequestStatus.FRESH, Message("read {age:.0f} s ago", age=freshness.age_seconds(page))
        if await schedule.enqueue(self.bus, request):
            return RequestStatus.QUEUED, why
        return RequestStatus.ALREADY_QUEUED, await self._lacks(request) or why

    async def _lacks(self, request: ScrapeRequest) -> str:
        """Return in words what the queued request for the target lacks of this one, as far as that can be known."""
        try:
            with anyio.fail_after(_TIMEOUT_SECONDS):
                stored = await self.bus.last_message(topology.REQUESTS, request.subject)
            queued = ScrapeRequest.decode(stored.envelope) if stored else request
        except (Invalid, Transient, TimeoutError):
            return ""
        lacks = [
            *([f"limit {queued.limit}"] if queued.max_titles < request.max_titles and request.follows_links else []),
            *([f"depth {queued.depth}"] if queued.depth < request.depth else []),
            *(["not forced"] if request.force and not queued.force else []),
        ]
        return Message("with {lacks}: ask again when it is read", lacks=", ".join(lacks)) if lacks else ""
