"""One browser session: starts its browser for the first page, reads one page at a time, can be killed from outside."""

import re
import subprocess
import time
from contextlib import suppress
from typing import NamedTuple

import urllib3.exceptions
from selenium.common.exceptions import TimeoutException, WebDriverException
from selenium.webdriver.remote.webdriver import WebDriver

from cinestream.contracts import Invalid, Kind
from cinestream_flow.message import Message
from cinestream_scraper.browser.errors import BrowserUnavailable, SessionLost, SiteUnreachable
from cinestream_scraper.browser.guard.request_guard import RequestGuard
from cinestream_scraper.browser.launch import BrowserLauncher
from cinestream_scraper.browser.process_cleanup import BrowserRun
from cinestream_scraper.browser.processes import memory_of
from cinestream_scraper.browser.responses import BROWSER_PAGES, DocumentResponse, complete, drain_response_log
from cinestream_scraper.browser.snapshot import collect_evidence
from cinestream_scraper.browser.visit.visit import navigate_away, visit
from cinestream_scraper.browser.visit.waits import PageTimeouts
from cinestream_scraper.pages.reading import Evidence, Reading
from cinestream_scraper.pages.verdict import looks_challenged

_UNREACHABLE = re.compile(r"net::ERR_\w+|about:neterror\?e=\w+")
_REDIRECT_LOOP = "redirectLoop"
# Measuring the memory looks through all processes, which takes a tenth of the time of a page.
_PAGES_PER_MEMORY_CHECK = 10


class SessionLimits(NamedTuple):
    """The limits at which a browser is replaced: pages opened, and memory of its own. `memory_bytes` 0: no limit."""

    pages: int
    memory_bytes: int


class BrowserSession:
    """A browser that one thread at a time uses. `kill` may be called from any other thread.

    Attributes:
        started: True once the browser runs.
        pages: how many pages it has opened.
        page_active: True if its page may continue to send requests, as challenges do that reload themselves.
    """

    def __init__(self, name: str, launcher: BrowserLauncher, run: BrowserRun, timeouts: PageTimeouts) -> None:
        self._launcher = launcher
        self._timeouts = timeouts
        self._files = run.session(name)
        self._driver: WebDriver | None = None
        self._guard: RequestGuard | None = None
        self._killed = False
        self._last_read_failed = False
        self._page_since = 0.0
        self.started = False
        self.pages = 0
        self.page_active = False

    def read(self, url: str, kind: Kind, limit: int | None = None) -> Reading:
        """Read a page.

        Raises:
            Invalid: the page led to a host that is not allowed. The host was not contacted.
            BrowserUnavailable: no browser starts. Kill this session and use it no more.
            SessionLost: the browser started and was lost. Kill this session and use it no more.
            SiteUnreachable: the site does not answer.
        """
        try:
            driver = self._driver or self._start()
            self._prepare(driver)
            reading = complete(visit(driver, url, kind, self._timeouts, limit), self._responses(driver))
        except TimeoutException as error:
            raise SessionLost(Message("{url}: the browser waited too long", url=url)) from error
        except (WebDriverException, urllib3.exceptions.HTTPError, OSError) as error:
            # A refused address looks like a page that cannot be reached: ask the guard first.
            self._require_allowed()
            if match := _UNREACHABLE.search(str(error)):
                raise SiteUnreachable(
                    Message("{url}: {error}", url=url, error=match[0]), url if _REDIRECT_LOOP in match[0] else ""
                ) from error
            raise SessionLost(Message("{url}: {error}", url=url, error=_first_line(error))) from error
        finally:
            if self._killed:
                self._end()  # `kill` came while the browser started: end the processes that have appeared since
        # The guard may also have refused an address that a script led to, after the page itself was read.
        self._require_allowed()
        self._last_read_failed = False
        self.page_active = reading.status != 200 or looks_challenged(reading.html)
        if reading.final_url.startswith(BROWSER_PAGES):
            # No connection was refused: the redirects of this one page loop, or lead where no browser connects.
            raise SiteUnreachable(
                Message("{url}: the browser shows {address}", url=url, address=reading.final_url[:80]), url
            )
        return reading

    def _prepare(self, driver: WebDriver) -> None:
        if self.page_active:
            # Else the old page could reload itself while the new one loads, and be read in its place.
            navigate_away(driver, self._timeouts)
        if self._last_read_failed:
            drain_response_log(driver)  # responses of the page that failed would be taken for those of this one
        # Both stay true if the read fails, in whatever way.
        self._last_read_failed = self.page_active = True
        if self._guard:
            if not self._guard.alive:
                raise SessionLost(Message("request guard connection lost; restarting the session"))
            self._guard.begin_page()
        self.pages += 1
        self._page_since = time.time()

    def _responses(self, driver: WebDriver) -> list[DocumentResponse]:
        observed = self._guard.observed().responses if self._guard else ()
        return [*drain_response_log(driver), *observed]

    def _require_allowed(self) -> None:
        if self._guard and self._guard.refused:
            raise Invalid(self._guard.refused)

    def evidence(self) -> Evidence:
        """Return further evidence about the page that was read last.

        Raises:
            SessionLost: the browser is gone. Kill this session and use it no more.
        """
        try:
            if self._driver is None:
                raise SessionLost(Message("there is no browser"))
            console = list(self._guard.observed().console) if self._guard else []
            return collect_evidence(self._driver, self._page_since, console)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise SessionLost(_first_line(error)) from error

    def leave_page(self) -> None:
        """Leave a page that may continue to send requests while its site is paused.

        Raises:
            SessionLost: the page cannot be left. Kill this session and use it no more.
        """
        try:
            if self._driver and self.page_active:
                navigate_away(self._driver, self._timeouts)
                drain_response_log(self._driver)  # of the requests that it sent meanwhile
                self.page_active = False
        except (WebDriverException, urllib3.exceptions.HTTPError, OSError) as error:
            raise SessionLost(_first_line(error)) from error

    def exceeded_limit(self, limits: SessionLimits) -> str | None:
        """Return the limit that this browser has reached, `pages` or `memory`, or None."""
        if self.pages >= limits.pages:
            return "pages"
        if not limits.memory_bytes or self.pages % _PAGES_PER_MEMORY_CHECK:
            return None
        return "memory" if memory_of(self._files.mark) > limits.memory_bytes else None

    def _start(self) -> WebDriver:
        try:
            self._driver, self._guard = self._launcher.start(self._files)
        except (WebDriverException, urllib3.exceptions.HTTPError, OSError) as error:
            raise BrowserUnavailable(Message("no browser starts: {error}", error=_first_line(error))) from error
        if self._killed:
            raise SessionLost(Message("the session was killed while its browser started"))
        self.started = True
        return self._driver

    def kill(self) -> None:
        """End the browser at once, whatever it is doing. No process and no file of it is left."""
        self._killed = True
        self._end()

    def _end(self) -> None:
        self._files.kill()
        if self._guard:
            self._guard.close()
        service = getattr(self._driver, "service", None)
        if service is not None and service.process is not None:
            # The driver is a child of ours: without the wait it would stay a zombie.
            with suppress(subprocess.TimeoutExpired):
                service.process.wait(timeout=2)
        self._files.remove()


def _first_line(error: Exception) -> str:
    text = (str(error).splitlines() or [""])[0]
    return f"{type(error).__name__}: {text[:300]}"
