"""The one way to a host: its rules, its rate and its pauses, shared by all sessions."""

import time

import anyio
import httpx2
import structlog
from aiolimiter import AsyncLimiter

from cinestream.contracts import Invalid, Transient
from cinestream_scraper.politeness.access_policy import Leave
from cinestream_scraper.politeness.backoff import Pauses
from cinestream_scraper.politeness.dns import Names
from cinestream_scraper.politeness.rate import Rate
from cinestream_scraper.politeness.robots import Robots
from cinestream_scraper.settings import ScraperSettings

log = structlog.get_logger("scraper")

_SHORT_PAUSE = 10.0


class Host:
    """The site's host. While it is paused nothing is taken from the queue, and nothing is asked of it."""

    def __init__(self, settings: ScraperSettings, client: httpx2.AsyncClient) -> None:
        self.rate = Rate(settings.scraper_rate, settings.scraper_rate_recovery, time.monotonic)
        self._limiter, self._limited_to = _limiter(self.rate.now), self.rate.now
        leave = Leave(settings.site, Names())
        self._robots = Robots(client, leave) if settings.scraper_obey_robots else None
        self.pauses = Pauses(max(settings.scraper_challenge_pause, 60.0), time.monotonic)

    async def admit(self, url: str) -> None:
        """Return when the page may be asked for.

        Raises:
            Invalid: robots.txt forbids it.
            Transient: the host is paused, or its robots.txt cannot be had.
        """
        await self._require_open()
        await self.require_allowed(url)
        if self._robots:
            self._obey_delay(await self._robots.crawl_delay(url))
        if limiter := self._current_limiter():
            await limiter.acquire()
            await self._require_open()  # the others may have been refused while this one waited for its turn

    def refused(self, seconds: float, reason: str, page: str = "") -> None:
        """The host said no to a page: leave it alone for a while, and ask it more slowly afterwards."""
        if not self.paused:  # who was in hand at the same time was refused for the same haste
            self.rate.halve()
            log.warning("host.slowed", reason=reason, pages_per_second=round(self.rate.now, 3))
        self.pauses.refused(seconds, reason, page)

    async def require_allowed(self, url: str) -> None:
        """Check that the page may ever be asked for.

        Raises:
            Invalid: robots.txt forbids it.
            Transient: its robots.txt cannot be had.
        """
        try:
            allowed = not self._robots or await self._robots.allows(url)
        except Transient as error:
            if not self.paused:  # who only asks may come meanwhile
                self.pauses.failed(str(error))  # else each request would be taken, and given back at once
            raise
        if not allowed:
            raise Invalid(f"robots.txt forbids {url} (CINESTREAM_SCRAPER_OBEY_ROBOTS)")

    @property
    def paused(self) -> bool:
        """Whether the host is left alone now."""
        return self.pauses.left > 0

    def degraded(self) -> list[str]:
        """What is wrong, for /readyz."""
        left = self.pauses.left
        paused = [f"the site is left alone for {left:.0f} s: {self.pauses.reason}"] if left else []
        slowed = [f"the site is asked for {self.rate.now:g} pages a second only"] if self.rate.slowed else []
        return paused + slowed

    async def _require_open(self) -> None:
        while 0 < (left := self.pauses.left) <= _SHORT_PAUSE:
            await anyio.sleep(left)  # giving it back would count as one of its tries
        if left:
            raise Transient(f"the host is paused: {self.pauses.reason}", retry_after=left)

    def _obey_delay(self, delay: float) -> None:
        if delay and self.rate.limit_to(1 / delay):
            log.info("host.slowed", reason=f"Crawl-delay {delay:g} in robots.txt", pages_per_second=self.rate.now)

    def _current_limiter(self) -> AsyncLimiter | None:
        if self._limited_to != self.rate.now:
            self._limited_to = self.rate.now
            self._limiter = _limiter(self._limited_to)
        return self._limiter


def _limiter(rate: float) -> AsyncLimiter | None:
    return AsyncLimiter(1, 1 / rate) if rate else None
