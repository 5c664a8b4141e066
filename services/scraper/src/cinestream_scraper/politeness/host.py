"""The site's host: its robots.txt, its rate and its pauses, shared by all sessions."""

import time

import anyio
import httpx2
from aiolimiter import AsyncLimiter

from cinestream.contracts import Invalid, Transient
from cinestream_flow.logger import get_logger
from cinestream_flow.message import Message
from cinestream_scraper.politeness.access_policy import AllowedHosts
from cinestream_scraper.politeness.backoff import Backoff
from cinestream_scraper.politeness.dns import NameResolver
from cinestream_scraper.politeness.rate import HostRate
from cinestream_scraper.politeness.robots import Robots
from cinestream_scraper.settings import ScraperSettings

log = get_logger("scraper")

_MAX_WAIT_SECONDS = 10.0
_MIN_LONGEST_PAUSE_SECONDS = 60.0


class Host:
    """The host of the site. While it is paused, nothing is taken from the queue and no page is opened."""

    def __init__(self, settings: ScraperSettings, client: httpx2.AsyncClient) -> None:
        self.rate = HostRate(settings.scraper_rate, settings.scraper_rate_recovery, time.monotonic)
        self._limiter, self._limited_to = _limiter(self.rate.now), self.rate.now
        allowed_hosts = AllowedHosts(settings.site, NameResolver())
        self._robots = Robots(client, allowed_hosts) if settings.scraper_obey_robots else None
        self.backoff = Backoff(max(settings.scraper_challenge_pause, _MIN_LONGEST_PAUSE_SECONDS), time.monotonic)

    async def admit(self, url: str) -> None:
        """Return when the page may be opened.

        Raises:
            Invalid: robots.txt forbids the page.
            Transient: the host is paused, or its robots.txt cannot be read.
        """
        await self._require_open()
        await self.require_allowed(url)
        if self._robots:
            self._obey_delay(await self._robots.crawl_delay(url))
        if limiter := self._current_limiter():
            await limiter.acquire()
            await self._require_open()  # another page may have been refused during the wait

    def record_refusal(self, seconds: float, reason: str, page: str = "") -> None:
        """Pause, and open pages more slowly afterwards, because the host refused one."""
        if not self.paused:  # concurrent requests hit the same rate limit: count it once
            self.rate.halve()
            log.warning("host.slowed", reason=reason, pages_per_second=round(self.rate.now, 3))
        self.backoff.record_refusal(seconds, reason, page)

    async def require_allowed(self, url: str) -> None:
        """Check that robots.txt allows the page.

        Raises:
            Invalid: robots.txt forbids the page.
            Transient: robots.txt cannot be read.
        """
        try:
            allowed = not self._robots or await self._robots.allows(url)
        except Transient as error:
            # Without a pause each request would be taken from the queue and returned at once. During a pause only
            # the request API gets here, and its requests must not make the pause longer.
            if not self.paused:
                self.backoff.record_failure(str(error))
            raise
        if not allowed:
            raise Invalid(Message("robots.txt forbids {url} (CINESTREAM_SCRAPER_OBEY_ROBOTS)", url=url))

    @property
    def paused(self) -> bool:
        """True during a pause."""
        return self.backoff.seconds_left > 0

    def degraded(self) -> list[str]:
        """Return what is wrong, for /readyz."""
        left = self.backoff.seconds_left
        paused = [f"the site is paused for {left:.0f} s: {self.backoff.reason}"] if left else []
        slowed = [f"the site is slowed down to {self.rate.now:g} pages a second"] if self.rate.slowed else []
        return paused + slowed

    async def _require_open(self) -> None:
        # A short pause is waited for: to give the request back would cost it one of its attempts.
        while 0 < (left := self.backoff.seconds_left) <= _MAX_WAIT_SECONDS:
            await anyio.sleep(left)
        if left:
            raise Transient(Message("the host is paused: {reason}", reason=self.backoff.reason), retry_after=left)

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
