"""The way of a request: freshness, politeness, reading, verdict, links, publication. Read this file first.

The requests that follow from a page, as the titles of a chart, are queued before the page is published. The request is
acknowledged after both. So a crash in between repeats work and loses none.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

import anyio

from cinestream.bus.jetstream import Bus, Delivery
from cinestream.contracts import Invalid, ScrapeRequest
from cinestream.contracts.page import html_bytes
from cinestream_flow.logger import get_logger
from cinestream_scraper import metrics
from cinestream_scraper.browser.errors import SessionLost, SiteUnreachable
from cinestream_scraper.browser.lease import SessionLease
from cinestream_scraper.browser.pool import SessionPool
from cinestream_scraper.crawl import freshness, schedule, snapshots
from cinestream_scraper.crawl.attempts import AttemptFailed, Attempts, failure_of
from cinestream_scraper.crawl.raw_page import raw_page_of
from cinestream_scraper.pages.links import links_of, links_of_stored
from cinestream_scraper.pages.page import Page
from cinestream_scraper.pages.reading import Reading
from cinestream_scraper.pages.targets import Target
from cinestream_scraper.pages.verdict import Action, Judgement, judge
from cinestream_scraper.politeness.host import Host
from cinestream_scraper.settings import ScraperSettings

log = get_logger("scraper")


@dataclass(frozen=True)
class Pipeline:
    """The parts that a request passes through."""

    settings: ScraperSettings
    bus: Bus
    pool: SessionPool
    host: Host
    _locks: WeakValueDictionary[str, anyio.Lock] = field(default_factory=WeakValueDictionary, init=False)
    """A lock for each target that is being handled."""

    async def handle(self, delivery: Delivery) -> None:
        """Carry out one request.

        Each lane may hold a request for the same target. They are handled one after the other, so that the second one
        finds a fresh page.

        Raises:
            Invalid: the request can never succeed. It is forbidden, leads to a foreign host, or failed too often.
            Transient: the request failed this time.
        """
        request = ScrapeRequest.decode(delivery.envelope)
        metrics.REQUESTS.labels(request.kind).inc()
        async with self._locks.setdefault(request.target, anyio.Lock()):
            if (links := await self._links_of_fresh_page(request)) is None:
                await self._scrape(request, delivery)
            else:
                metrics.FRESH.labels(request.kind).inc()
                await self._queue(links)

    async def _links_of_fresh_page(self, request: ScrapeRequest) -> list[ScrapeRequest] | None:
        """Return what follows from the stored page, or None if the page must be read.

        It must be read if it is stale, or shows less than the request asks for.
        """
        ttl = self.settings.scraper_freshness_ttl
        stored = None if request.force else await freshness.fresh_page(self.bus, request, ttl)
        if stored is None or not request.follows_links:
            return [] if stored else None
        try:
            return links_of_stored(request, Page(html_bytes(stored.envelope).decode("utf-8", "replace")))
        except Invalid:
            return None  # the stored page is damaged, or was written by a newer version

    async def _scrape(self, request: ScrapeRequest, delivery: Delivery) -> None:
        url = self.settings.site.address(request)
        await self.host.admit(url)
        attempts = Attempts(self.host, self.settings.scraper_max_attempts)
        reading = None
        try:
            async with self.pool.session() as session:
                reading = await self._read(session, url, request)
                try:
                    judgement = self._judge(reading, request)
                except (AttemptFailed, Invalid) as error:
                    # Only this session still shows the page, and only a page that fails permanently needs evidence.
                    if isinstance(error, Invalid) or attempts.is_last(delivery):
                        reading = reading._replace(evidence=await session.evidence())
                    raise
            await self._publish(request, reading, judgement)
        except AttemptFailed as error:
            if not attempts.is_last(delivery):
                raise attempts.retry(error, delivery) from error
            why = f"{error} (tried {delivery.delivered} times)"
            raise Invalid(why, evidence=await snapshots.store(self.bus, request, reading, why)) from error
        except Invalid as error:
            why = str(error)
            raise Invalid(why, evidence=await snapshots.store(self.bus, request, reading, why)) from error

    async def _read(self, session: SessionLease, url: str, request: ScrapeRequest) -> Reading:
        try:
            reading = await session.read(url, request.kind, request.limit)
        except SiteUnreachable as error:
            metrics.FAILURES.labels("unreachable").inc()
            self.host.backoff.record_failure(str(error), error.page)
            raise AttemptFailed(str(error)) from error
        except SessionLost as error:
            metrics.FAILURES.labels("session-lost").inc()
            log.warning("session.lost", reason=str(error))
            raise AttemptFailed(str(error), retry_after=0.0) from error
        metrics.PAGE_BYTES.inc(len(reading.html))
        return reading

    def _judge(self, reading: Reading, request: ScrapeRequest) -> Judgement:
        """Return the verdict on a page that is to be published.

        Raises:
            Invalid: the page came from a host that is not allowed.
            AttemptFailed: the page is not that of the target. The failure is then recorded for the host.
        """
        self.settings.site.require_allowed(reading.final_url)
        judgement = judge(reading, Target(request.kind, request.id))
        metrics.PAGES.labels(judgement.verdict).inc()
        is_known = judgement.action is Action.PUBLISH
        (log.info if is_known else log.warning)(
            "page.read", url=reading.url, verdict=judgement.verdict, why=judgement.why
        )
        if failure := failure_of(reading, judgement, self.host, self.settings.scraper_challenge_pause):
            raise failure
        return judgement

    async def _publish(self, request: ScrapeRequest, reading: Reading, judgement: Judgement) -> None:
        links = links_of(request, reading.page, judgement)
        if links.missing:
            metrics.ROWS_MISSING.inc(links.missing)
            log.warning("rows.missing", url=reading.url, missing=links.missing)
        await self._queue(links.requests)
        page = raw_page_of(Target(request.kind, request.id), reading, judgement)
        await self.bus.publish(page.subject, page.encode())
        metrics.PUBLISHED.labels(page.outcome).inc()

    async def _queue(self, requests: Iterable[ScrapeRequest]) -> None:
        for request in requests:
            if await schedule.enqueue(self.bus, request):
                metrics.DISCOVERED.inc()
