"""The pool of browser sessions: leases idle ones, opens new ones up to a limit, and replaces worn or lost ones."""

import itertools
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio

from cinestream_scraper import metrics
from cinestream_scraper.browser.grid import GridCapacity
from cinestream_scraper.browser.lease import SessionLease
from cinestream_scraper.browser.session import BrowserSession, SessionLimits
from cinestream_scraper.browser.threads import in_daemon_thread
from cinestream_scraper.politeness.backoff import Backoff

_MAX_PAUSE_SECONDS = 60.0
_CAPACITY_POLL_SECONDS = 5.0
NO_LIMITS = SessionLimits(pages=1 << 62, memory_bytes=0)


class SessionPool:
    """Browser sessions that are opened when there is work and kept for the next page.

    Args:
        open: makes a session with the given name. The browser starts when the session reads its first page.
        deadline: seconds that a page may take, the start of the browser included.
        limits: the limits at which a session is replaced.
        capacity: how many sessions the Selenium server allows. None: any number.
    """

    def __init__(
        self,
        open: Callable[[str], BrowserSession],
        *,
        deadline: float,
        limits: SessionLimits = NO_LIMITS,
        capacity: GridCapacity | None = None,
    ) -> None:
        self._open = open
        self._deadline = deadline
        self._limits = limits
        self._capacity = capacity or GridCapacity("")
        self._idle: list[BrowserSession] = []
        self._open_count = 0
        self._changed = anyio.Event()
        self._names = map(str, itertools.count(1))
        self._starts = Backoff(_MAX_PAUSE_SECONDS, time.monotonic)

    @property
    def paused(self) -> bool:
        """True while no browser starts. Take nothing from the queue meanwhile."""
        return self._starts.seconds_left > 0

    def degraded(self) -> list[str]:
        """Return what is wrong, for /readyz."""
        return [self._starts.reason] if self._starts.failing else []

    @asynccontextmanager
    async def session(self) -> AsyncIterator[SessionLease]:
        """Lease a session: an idle one, a new one, or the next that is returned when the pool is full.

        After use the session is kept for the next page. It is ended instead if it is lost, has reached a limit, or
        cannot leave its page.
        """
        session = await self._acquire()
        lease = SessionLease(session, self._starts, deadline=self._deadline)
        reusable = False
        try:
            try:
                yield lease
            finally:
                # A cancelled reading raises here again, so that its session is ended below.
                reusable = await lease.prepare_reuse(self._limits)
        finally:
            if reusable:
                self._idle.append(session)
                self._notify()
            else:
                await self._end(session)

    async def close(self) -> None:
        """End the idle sessions. Leased sessions are ended when their readings are cancelled."""
        async with anyio.create_task_group() as group:
            while self._idle:
                group.start_soon(self._end, self._idle.pop())

    async def _acquire(self) -> BrowserSession:
        max_sessions = await self._capacity.max_sessions()
        while not self._idle and self._open_count >= max_sessions:
            # The capacity is polled as well, because the nodes of a Grid come and go.
            with anyio.move_on_after(_CAPACITY_POLL_SECONDS):
                await self._changed.wait()
            max_sessions = await self._capacity.max_sessions()
        if not self._idle:
            return self._new_session()
        session = self._idle.pop()
        while self._idle and self._open_count > max_sessions:  # the capacity has shrunk
            await self._end(self._idle.pop())
        return session

    def _new_session(self) -> BrowserSession:
        session = self._open(next(self._names))
        self._open_count += 1
        metrics.SESSIONS_OPEN.inc()
        metrics.SESSIONS_OPENED.inc()
        return session

    async def _end(self, session: BrowserSession) -> None:
        metrics.SESSIONS_OPEN.dec()
        # Shielded: a cancelled reading must not leave its browser running.
        with anyio.CancelScope(shield=True):
            await in_daemon_thread(session.kill)
        self._open_count -= 1
        self._notify()

    def _notify(self) -> None:
        self._changed.set()
        self._changed = anyio.Event()
