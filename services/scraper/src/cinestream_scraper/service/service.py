"""The service: its parts, their start, and their end."""

from dataclasses import dataclass

import anyio
import httpx2

from cinestream.bus import topology
from cinestream.bus.consume import Work, consume
from cinestream.bus.jetstream import Delivery
from cinestream.contracts import subjects
from cinestream.runtime.service import Context, Needs
from cinestream_scraper import metrics
from cinestream_scraper.browser.discovery import InstalledBrowser
from cinestream_scraper.browser.grid import GridCapacity
from cinestream_scraper.browser.launch import BrowserLauncher
from cinestream_scraper.browser.pool import SessionPool
from cinestream_scraper.browser.process_cleanup import BrowserRun
from cinestream_scraper.browser.session import BrowserSession, SessionLimits
from cinestream_scraper.browser.visit.waits import PageTimeouts
from cinestream_scraper.crawl import schedule
from cinestream_scraper.crawl.backlog import Backlog
from cinestream_scraper.crawl.pipeline import Pipeline
from cinestream_scraper.politeness.host import Host
from cinestream_scraper.service.gated_pull import GatedPull
from cinestream_scraper.service.request_api import SERVICE, VERSION, RequestApi
from cinestream_scraper.settings import ScraperSettings

NEEDS = Needs(
    streams=(topology.REQUESTS, topology.SCHEDULES, topology.PAGES, topology.SNAPSHOTS),
    consumers=("REQUESTS/scraper-now", "REQUESTS/scraper-crawl", "SCHEDULES/scraper-due", "PAGES/etl"),
)
_ABOUT = "Reads film pages in a real browser. Answers what it does with a request for a page"
_ROBOTS_TIMEOUT_SECONDS = 10.0
# A service has five seconds to end. Half of them are for pages that are being read, the rest for ending browsers.
_GRACE_SECONDS = 2.5
# A page that fails by itself becomes a dead letter much earlier (CINESTREAM_SCRAPER_MAX_ATTEMPTS). With this limit, a
# site or a browser can be away for a day without any page failing permanently.
_MAX_DELIVERIES = 5000


def open_pool(settings: ScraperSettings, installed: InstalledBrowser | None, run: BrowserRun) -> SessionPool:
    """Return a pool of sessions. `installed` is None if a Selenium server has the browsers."""
    launcher = BrowserLauncher(settings, installed)
    timeouts = PageTimeouts(challenge=settings.scraper_challenge_wait)
    return SessionPool(
        lambda name: BrowserSession(name, launcher, run, timeouts),
        deadline=settings.scraper_page_deadline,
        capacity=GridCapacity(settings.selenium_url),
        limits=SessionLimits(settings.scraper_session_pages, settings.scraper_session_memory << 20),
    )


@dataclass(frozen=True)
class Service:
    """The scraper as `run_service` runs it."""

    installed: InstalledBrowser | None
    run: BrowserRun

    async def serve(self, context: Context[ScraperSettings]) -> None:
        """Take requests until `context.stop`. Then give back unfinished ones, and end every browser."""
        settings, bus = context.settings, context.bus
        pool = open_pool(settings, self.installed, self.run)
        backlog = Backlog(bus)
        async with httpx2.AsyncClient(timeout=_ROBOTS_TIMEOUT_SECONDS) as client, anyio.create_task_group() as group:
            host = Host(settings, client)
            metrics.HOSTS_PAUSED.set_function(lambda: int(host.paused))
            metrics.RATE.set_function(lambda: host.rate.now)
            context.health.degraded += [host.degraded, pool.degraded, backlog.degraded]
            group.start_soon(backlog.watch)
            group.start_soon(self._repeat_seeds, context)
            api = RequestApi(settings, bus, host)
            try:
                async with bus.serve(SERVICE, subjects.ASK_SCRAPER, api.answer, version=VERSION, about=_ABOUT):
                    await self._take(context, Pipeline(settings, bus, pool, host), backlog)
            finally:
                group.cancel_scope.cancel()
                with anyio.CancelScope(shield=True):
                    await pool.close()

    async def _take(self, context: Context[ScraperSettings], pipeline: Pipeline, backlog: Backlog) -> None:
        # A request that is taken and returned costs a delivery: leave it in the queue while nothing can be read.
        def closed() -> bool:
            return pipeline.host.paused or pipeline.pool.paused or backlog.full

        pulls = [
            GatedPull(await context.bus.pull(topology.REQUESTS, durable), closed)
            for durable in ("scraper-now", "scraper-crawl")
        ]
        concurrency = context.settings.scraper_sessions
        work = Work("scraper", concurrency, max_deliveries=_MAX_DELIVERIES, grace=_GRACE_SECONDS)
        await consume(context.bus, pulls, pipeline.handle, work=work, metrics=metrics.REQUEST_LOOP, stop=context.stop)

    async def _repeat_seeds(self, context: Context[ScraperSettings]) -> None:
        bus = context.bus

        async def handle(delivery: Delivery) -> None:
            await schedule.carry_over(bus, delivery)

        await schedule.plant_when_possible(bus, context.settings.seeds)
        due = await bus.pull(topology.SCHEDULES, "scraper-due")
        work = Work("scraper", concurrency=8, grace=_GRACE_SECONDS)
        await consume(bus, [due], handle, work=work, metrics=metrics.DUE_LOOP, stop=context.stop)
