"""The service: its parts put together, started, and ended so that nothing is left."""

from dataclasses import dataclass

import anyio
import httpx2

from cinestream.bus import topology
from cinestream.bus.consume import Work, consume
from cinestream.bus.jetstream import Delivery
from cinestream.contracts import subjects
from cinestream.runtime.service import Context, Needs
from cinestream_scraper import metrics
from cinestream_scraper.browser.discovery import Installed
from cinestream_scraper.browser.grid import Room
from cinestream_scraper.browser.launch import Launch
from cinestream_scraper.browser.pool import Sessions
from cinestream_scraper.browser.process_cleanup import Run
from cinestream_scraper.browser.session import Bounds, BrowserSession
from cinestream_scraper.browser.visit import Waits
from cinestream_scraper.crawl import schedule
from cinestream_scraper.crawl.backlog import Backlog
from cinestream_scraper.crawl.pipeline import Pipeline
from cinestream_scraper.politeness.host import Host
from cinestream_scraper.service.gated_pull import GatedPull
from cinestream_scraper.service.request_api import SERVICE, VERSION, Asking
from cinestream_scraper.settings import ScraperSettings

NEEDS = Needs(
    streams=(topology.REQUESTS, topology.SCHEDULES, topology.PAGES, topology.SNAPSHOTS),
    consumers=("REQUESTS/scraper-now", "REQUESTS/scraper-crawl", "SCHEDULES/scraper-due", "PAGES/etl"),
)
_ABOUT = "Reads film pages in a real browser; asked for one, says what becomes of it"
_ROBOTS_TIMEOUT = 10.0
# The browsers are ended within the five seconds that a service has, so hands get less than three to finish.
_GRACE = 2.5
# A page that fails by itself is given up much earlier (CINESTREAM_SCRAPER_TRIES); a site or a browser may be
# away for a day without any page being given up for it.
_MOST_DELIVERIES = 5000


def open_sessions(settings: ScraperSettings, installed: Installed | None, run: Run) -> Sessions:
    """The pool of sessions; `installed` is None when a Selenium server has the browsers."""
    launch = Launch(settings, installed)
    waits = Waits(challenge=settings.scraper_challenge_wait)
    return Sessions(
        lambda name: BrowserSession(name, launch, run, waits),
        deadline=settings.scraper_page_deadline,
        room=Room(settings.selenium_url),
        bounds=Bounds(settings.scraper_session_pages, settings.scraper_session_memory << 20),
    )


@dataclass(frozen=True)
class Service:
    """What `run_service` serves."""

    installed: Installed | None
    run: Run

    async def serve(self, context: Context[ScraperSettings]) -> None:
        """Take requests until `context.stop`; give back what is not finished then, and end every browser."""
        settings, bus = context.settings, context.bus
        sessions = open_sessions(settings, self.installed, self.run)
        backlog = Backlog(bus)
        async with httpx2.AsyncClient(timeout=_ROBOTS_TIMEOUT) as client, anyio.create_task_group() as group:
            host = Host(settings, client)
            metrics.HOSTS_PAUSED.set_function(lambda: int(host.paused))
            metrics.RATE.set_function(lambda: host.rate.now)
            context.health.degraded += [host.degraded, sessions.degraded, backlog.degraded]
            group.start_soon(backlog.watch)
            group.start_soon(self._refresh, context)
            asking = Asking(settings, bus, host)
            try:
                async with bus.serve(SERVICE, subjects.ASK_SCRAPER, asking.answer, version=VERSION, about=_ABOUT):
                    await self._take(context, Pipeline(settings, bus, sessions, host), backlog)
            finally:
                group.cancel_scope.cancel()
                with anyio.CancelScope(shield=True):
                    await sessions.close()

    async def _take(self, context: Context[ScraperSettings], pipeline: Pipeline, backlog: Backlog) -> None:
        def closed() -> bool:
            return pipeline.host.paused or pipeline.sessions.paused or backlog.full

        pulls = [
            GatedPull(await context.bus.pull(topology.REQUESTS, durable), closed)
            for durable in ("scraper-now", "scraper-crawl")
        ]
        hands = context.settings.scraper_sessions
        work = Work("scraper", hands, max_deliveries=_MOST_DELIVERIES, grace=_GRACE)
        await consume(context.bus, pulls, pipeline.handle, work=work, metrics=metrics.REQUEST_LOOP, stop=context.stop)

    async def _refresh(self, context: Context[ScraperSettings]) -> None:
        bus = context.bus

        async def handle(delivery: Delivery) -> None:
            await schedule.carry_over(bus, delivery)

        await schedule.plant_when_possible(bus, context.settings.seeds)
        due = await bus.pull(topology.SCHEDULES, "scraper-due")
        work = Work("scraper", concurrency=8, grace=_GRACE)
        await consume(bus, [due], handle, work=work, metrics=metrics.DUE_LOOP, stop=context.stop)
