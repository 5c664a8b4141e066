"""The pool of browser sessions: as many pages at once as there are hands, each with a deadline from outside."""

import itertools
import time
from collections.abc import Callable
from functools import partial

import anyio
import structlog

from cinestream.contracts import Invalid, Kind
from cinestream_scraper import metrics
from cinestream_scraper.browser.grid import Room
from cinestream_scraper.browser.session import Bounds, BrowserSession, BrowserUnavailable, SessionLost, SiteUnreachable
from cinestream_scraper.browser.threads import in_daemon_thread
from cinestream_scraper.pages.reading import Evidence, Reading
from cinestream_scraper.politeness.backoff import Pauses

log = structlog.get_logger("scraper")

_LONGEST_PAUSE = 60.0
_EVIDENCE_WITHIN = 20.0
_LOOK_EVERY = 5.0
NO_BOUNDS = Bounds(pages=1 << 62, memory=0)


class Sessions:
    """Sessions are opened when there is work, kept for the next page, and replaced when they are lost."""

    def __init__(
        self,
        open: Callable[[str], BrowserSession],
        *,
        deadline: float,
        bounds: Bounds = NO_BOUNDS,
        room: Room | None = None,
    ) -> None:
        self._open = open
        self._room = room or Room("")
        self._opened_now = 0
        self._changed = anyio.Event()
        self._bounds = bounds
        self._deadline = deadline
        self._idle: list[BrowserSession] = []
        self._names = map(str, itertools.count(1))
        self._pauses = Pauses(_LONGEST_PAUSE, time.monotonic)

    @property
    def paused(self) -> bool:
        """Whether no browser starts, so that nothing should be taken for a while."""
        return self._pauses.left > 0

    def degraded(self) -> list[str]:
        """What is wrong, for /readyz."""
        return [self._pauses.reason] if self._pauses.failing else []

    async def read(
        self, url: str, kind: Kind, limit: int | None = None, *, failed: Callable[[Reading], bool] = lambda _: False
    ) -> Reading:
        """Read a page with a session of the pool; with evidence if it `failed`, as far as it can be had.

        Raises:
            Invalid: it led to a host that nobody allowed, which was not asked.
            BrowserUnavailable: no browser starts.
            SessionLost: it took longer than the deadline, or the browser died; its session is gone.
            SiteUnreachable: the site does not answer.
        """
        session = await self._taken()
        started = time.perf_counter()
        keep = False
        try:
            with anyio.fail_after(self._deadline):
                reading = await in_daemon_thread(partial(session.read, url, kind, limit))
            metrics.PAGE_SECONDS.observe(time.perf_counter() - started)
            self._pauses.worked()
            if not failed(reading):
                keep = await self._rests(session) and not await self._is_worn(session)
            elif evidence := await self._evidence(session):
                reading = reading._replace(evidence=evidence)
                keep = await self._rests(session)
        except (SiteUnreachable, Invalid):
            keep = True
            raise
        except TimeoutError:
            reason = f"{url}: more than {self._deadline:g} s"
            raise (SessionLost(reason) if session.started else self._unavailable(reason)) from None
        except BrowserUnavailable as error:
            raise self._unavailable(str(error)) from error
        finally:
            if keep:
                self._idle.append(session)
                self._tell()
            else:
                await self._kill(session)
        return reading

    async def _taken(self) -> BrowserSession:
        """An idle session, else a new one; where the server has room for no more, the next that is idle or ends."""
        most = await self._room.most()
        while not self._idle and self._opened_now >= most:
            with anyio.move_on_after(_LOOK_EVERY):
                await self._changed.wait()
            most = await self._room.most()
        if not self._idle:
            return self._opened()
        session = self._idle.pop()
        while self._idle and self._opened_now > most:  # the server has less room than before
            await self._kill(self._idle.pop())
        return session

    def _tell(self) -> None:
        self._changed.set()
        self._changed = anyio.Event()

    async def close(self) -> None:
        """End the idle sessions; those that read are ended by the cancellation of their readings."""
        async with anyio.create_task_group() as group:
            while self._idle:
                group.start_soon(self._kill, self._idle.pop())

    async def _is_worn(self, session: BrowserSession) -> bool:
        reason = await in_daemon_thread(partial(session.worn, self._bounds))
        if reason:
            log.info("session.recycled", reason=reason, pages=session.pages)
            metrics.SESSIONS_RECYCLED.labels(reason).inc()
        return reason is not None

    async def _evidence(self, session: BrowserSession) -> Evidence | None:
        """The evidence; None if the session is lost over it."""
        try:
            with anyio.fail_after(_EVIDENCE_WITHIN):
                return await in_daemon_thread(session.evidence)
        except (SessionLost, TimeoutError) as error:
            log.warning("evidence.none", reason=f"{type(error).__name__}: {error}")
            return None

    async def _rests(self, session: BrowserSession) -> bool:
        """Whether the session left a page that might go on asking; it need not leave any other."""
        if not session.restless:
            return True
        try:
            with anyio.fail_after(_EVIDENCE_WITHIN):
                await in_daemon_thread(session.rest)
        except (SessionLost, TimeoutError) as error:
            log.warning("session.restless", reason=f"{type(error).__name__}: {error}")
            return False
        return True

    def _unavailable(self, reason: str) -> BrowserUnavailable:
        log.warning("browser.unavailable", reason=reason)
        self._pauses.failed(reason)
        return BrowserUnavailable(reason, retry_after=max(self._pauses.left, 1.0))

    def _opened(self) -> BrowserSession:
        session = self._open(next(self._names))
        self._opened_now += 1
        metrics.SESSIONS_OPEN.inc()
        metrics.SESSIONS_OPENED.inc()
        return session

    async def _kill(self, session: BrowserSession) -> None:
        metrics.SESSIONS_OPEN.dec()
        with anyio.CancelScope(shield=True):
            await in_daemon_thread(session.kill)
        self._opened_now -= 1
        self._tell()
