"""From a request to its page: fresh? → polite → read → judged → what it leads to → published. Read this first.

What a request leads to (a chart's titles) is queued before its page is published, and the request is
acknowledged after both: a crash in between repeats work and loses none.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from weakref import WeakValueDictionary

import anyio
import structlog

from cinestream.bus.jetstream import Bus, Delivery
from cinestream.contracts import Invalid, ScrapeRequest, Transient
from cinestream.contracts.page import html_bytes
from cinestream_scraper import metrics
from cinestream_scraper.browser.pool import Sessions
from cinestream_scraper.browser.session import SessionLost, SiteUnreachable
from cinestream_scraper.crawl import freshness, schedule, snapshots
from cinestream_scraper.crawl.raw_page import record_of
from cinestream_scraper.pages.links import led_to, still_led_to
from cinestream_scraper.pages.reading import Reading
from cinestream_scraper.pages.targets import Place
from cinestream_scraper.pages.verdict import Action, Judgement, Verdict, judge
from cinestream_scraper.politeness.backoff import retry_after_seconds
from cinestream_scraper.politeness.host import Host
from cinestream_scraper.settings import ScraperSettings

log = structlog.get_logger("scraper")

_RETRY_AFTER = 30.0
_LONGEST_WAIT = 3600.0
_PATIENCE = 6
"""So many times the tries are left to a page while no page of the site can be read: about a day with the defaults."""


@dataclass(frozen=True)
class Pipeline:
    """What a request goes through."""

    settings: ScraperSettings
    bus: Bus
    sessions: Sessions
    host: Host
    _turns: WeakValueDictionary[str, anyio.Lock] = field(default_factory=WeakValueDictionary, init=False)
    """The targets in hand."""

    async def handle(self, delivery: Delivery) -> None:
        """Carry out one request; of those here for the same target, which each lane may hold, one after the other.

        Raises:
            Invalid: it can never be: forbidden, led to a foreign host, or failed too often.
            Transient: not now.
        """
        request = ScrapeRequest.decode(delivery.envelope)
        metrics.REQUESTS.labels(request.kind).inc()
        async with self._turns.setdefault(request.target, anyio.Lock()):
            await self._handle(request, delivery)

    async def _handle(self, request: ScrapeRequest, delivery: Delivery) -> None:
        if (still := await self._by_fresh_page(request)) is not None:
            metrics.FRESH.labels(request.kind).inc()
            await self._queue(still)
            return
        url = self.settings.site.address(request)
        await self.host.admit(url)
        reading = None
        try:
            reading = await self._read(url, request, delivery)
            self.settings.site.require_allowed(reading.final_url)
            judgement = judge(reading, Place(request.kind, request.id))
            self._note(judgement, reading)
            await self._carry_out(request, reading, judgement)
        except Failed as error:
            if not self._is_last(delivery):
                # A page that is always refused does not keep the others waiting, nor is a failing host besieged.
                longer = self._wait(delivery) if self.host.pauses.left else error.retry_after
                raise Failed(str(error), retry_after=longer) from error
            why = f"{error} (tried {delivery.delivered} times)"
            raise Invalid(why, evidence=await snapshots.keep(self.bus, request, reading, why)) from error
        except Invalid as error:
            raise Invalid(str(error), evidence=await snapshots.keep(self.bus, request, reading, str(error))) from error

    def _is_last(self, delivery: Delivery) -> bool:
        """Whether a failure is now the page's own: it had its tries, and others of the site were read."""
        patience = _PATIENCE if self.host.pauses.failing else 1
        return delivery.delivered >= self.settings.scraper_tries * patience

    def _wait(self, delivery: Delivery) -> float:
        """Until the pause is over, and each time for longer."""
        return min(self.host.pauses.left * delivery.delivered, _LONGEST_WAIT)

    async def _by_fresh_page(self, request: ScrapeRequest) -> list[ScrapeRequest] | None:
        """What the stored page leads to; None if it must be read: it is stale, or shows less than is asked for now."""
        page = None if request.force else await freshness.fresh(self.bus, request, self.settings.scraper_fresh_for)
        if page is None or not request.follows_links:
            return [] if page else None
        try:
            return still_led_to(request, html_bytes(page.envelope).decode("utf-8", "replace"))
        except Invalid:
            return None  # damaged, or of a newer version

    async def _read(self, url: str, request: ScrapeRequest, delivery: Delivery) -> Reading:
        def failed(reading: Reading) -> bool:
            """Whether the request may end with this reading as a dead letter."""
            if not self.settings.site.allows(reading.final_url):
                return True
            place = Place(request.kind, request.id)
            return self._is_last(delivery) and judge(reading, place).action is not Action.PUBLISH

        try:
            reading = await self.sessions.read(url, request.kind, request.limit, failed=failed)
        except SiteUnreachable as error:
            metrics.FAILURES.labels("unreachable").inc()
            self.host.pauses.failed(str(error), error.page)
            raise Failed(str(error)) from error
        except SessionLost as error:
            metrics.FAILURES.labels("session-lost").inc()
            log.warning("session.lost", reason=str(error))
            raise Failed(str(error), retry_after=0.0) from error
        metrics.PAGE_BYTES.inc(len(reading.html))
        return reading

    def _note(self, judgement: Judgement, reading: Reading) -> None:
        """Count the verdict, and let the host's breaker know."""
        metrics.PAGES.labels(judgement.verdict).inc()
        known = judgement.action is Action.PUBLISH
        (log.info if known else log.warning)("page.read", url=reading.url, verdict=judgement.verdict, why=judgement.why)
        if judgement.verdict is Verdict.SERVER_ERROR:
            self.host.pauses.failed(judgement.why, reading.url, _retry_after(reading, default=0.0))
        elif judgement.action is not Action.PAUSE:
            self.host.pauses.worked()

    async def _carry_out(self, request: ScrapeRequest, reading: Reading, judgement: Judgement) -> None:
        if judgement.action is Action.PUBLISH:
            led = led_to(request, reading.html, judgement)
            if led.missing:
                metrics.ROWS_MISSING.inc(led.missing)
                log.warning("rows.missing", url=reading.url, missing=led.missing)
            await self._queue(led.requests)
            await self._publish(request, reading, judgement)
        elif judgement.action is Action.PAUSE:
            seconds = self._pause_of(reading, judgement)
            self.host.refused(seconds, f"{judgement.verdict}: {judgement.why}", reading.url)
            log.warning("host.paused", seconds=round(self.host.pauses.left), verdict=judgement.verdict, url=reading.url)
        if judgement.action is not Action.PUBLISH:
            raise Failed(f"{judgement.verdict}: {judgement.why}")

    def _pause_of(self, reading: Reading, judgement: Judgement) -> float:
        if judgement.verdict is Verdict.RATE_LIMITED:
            return _retry_after(reading, default=_RETRY_AFTER)
        return self.settings.scraper_challenge_pause

    async def _queue(self, requests: Iterable[ScrapeRequest]) -> None:
        for request in requests:
            if await schedule.enqueue(self.bus, request):
                metrics.DISCOVERED.inc()

    async def _publish(self, request: ScrapeRequest, reading: Reading, judgement: Judgement) -> None:
        page = record_of(Place(request.kind, request.id), reading, judgement)
        await self.bus.publish(page.subject, page.encode())
        metrics.PUBLISHED.labels(page.outcome).inc()


def _retry_after(reading: Reading, *, default: float) -> float:
    return retry_after_seconds(reading.retry_after, datetime.now(UTC), default=default)


class Failed(Transient):
    """This reading brought nothing; after a few of them the request is a dead letter."""
