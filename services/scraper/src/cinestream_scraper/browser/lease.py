"""A leased browser session: the calls of one reading, each on a thread and with a deadline from outside."""

import time
from functools import partial

import anyio

from cinestream.contracts import Invalid, Kind
from cinestream_flow.logger import get_logger
from cinestream_scraper import metrics
from cinestream_scraper.browser.errors import BrowserUnavailable, SessionLost, SiteUnreachable
from cinestream_scraper.browser.session import BrowserSession, SessionLimits
from cinestream_scraper.browser.threads import in_daemon_thread
from cinestream_scraper.pages.reading import Evidence, Reading
from cinestream_scraper.politeness.backoff import Backoff

log = get_logger("scraper")

_CLEANUP_SECONDS = 20.0


class SessionLease:
    """One session, for one page. It returns what the browser saw and does not judge it.

    Args:
        session: the session, which no other lease uses meanwhile.
        starts: counts the browsers that do not start.
        deadline: seconds that a page may take.
    """

    def __init__(self, session: BrowserSession, starts: Backoff, *, deadline: float) -> None:
        self._session = session
        self._starts = starts
        self._deadline = deadline
        self._usable = True

    async def read(self, url: str, kind: Kind, limit: int | None = None) -> Reading:
        """Read a page. Of a chart, search or list show at least `limit` rows, or all without a limit.

        Raises:
            Invalid: the page led to a host that is not allowed. The host was not contacted.
            BrowserUnavailable: no browser starts.
            SessionLost: the page took longer than the deadline, or the browser exited.
            SiteUnreachable: the site does not answer.
        """
        self._usable = False  # until the call has ended: it may hang, or be cancelled
        started = time.perf_counter()
        try:
            with anyio.fail_after(self._deadline):
                reading = await in_daemon_thread(partial(self._session.read, url, kind, limit))
        except (SiteUnreachable, Invalid):
            self._usable = True
            raise
        except TimeoutError:
            reason = f"{url}: more than {self._deadline:g} s"
            raise (SessionLost(reason) if self._session.started else self._unavailable(reason)) from None
        except BrowserUnavailable as error:
            raise self._unavailable(str(error)) from error
        metrics.PAGE_SECONDS.observe(time.perf_counter() - started)
        self._starts.record_success()
        self._usable = True
        return reading

    async def evidence(self) -> Evidence | None:
        """Return further evidence about the page, or None if the session is lost over it."""
        self._usable = False
        try:
            with anyio.fail_after(_CLEANUP_SECONDS):
                evidence = await in_daemon_thread(self._session.evidence)
        except (SessionLost, TimeoutError) as error:
            log.warning("snapshot.evidence_missing", reason=f"{type(error).__name__}: {error}")
            return None
        self._usable = True
        return evidence

    async def prepare_reuse(self, limits: SessionLimits) -> bool:
        """Make the session ready for its next page. Return False if it must be replaced."""
        return self._usable and await self._leaves_page() and not await self._is_worn(limits)

    async def _leaves_page(self) -> bool:
        """Leave a page that may continue to send requests, and return True if that worked."""
        if not self._session.page_active:
            return True
        try:
            with anyio.fail_after(_CLEANUP_SECONDS):
                await in_daemon_thread(self._session.leave_page)
        except (SessionLost, TimeoutError) as error:
            log.warning("session.page_not_left", reason=f"{type(error).__name__}: {error}")
            return False
        return True

    async def _is_worn(self, limits: SessionLimits) -> bool:
        reason = await in_daemon_thread(partial(self._session.exceeded_limit, limits))
        if reason:
            log.info("session.recycled", reason=reason, pages=self._session.pages)
            metrics.SESSIONS_RECYCLED.labels(reason).inc()
        return reason is not None

    def _unavailable(self, reason: str) -> BrowserUnavailable:
        log.warning("browser.unavailable", reason=reason)
        self._starts.record_failure(reason)
        return BrowserUnavailable(reason, retry_after=max(self._starts.seconds_left, 1.0))
