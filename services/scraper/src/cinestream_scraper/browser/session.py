"""One browser session: starts when it is first needed, reads one page at a time, can be killed from outside."""

import re
import subprocess
import time
from contextlib import suppress
from typing import NamedTuple

import structlog
import urllib3.exceptions
from selenium.common.exceptions import TimeoutException, WebDriverException
from selenium.webdriver.remote.webdriver import WebDriver

from cinestream.contracts import Invalid, Kind, Transient
from cinestream_scraper.browser.guard.request_guard import Guard
from cinestream_scraper.browser.launch import Launch
from cinestream_scraper.browser.process_cleanup import Run
from cinestream_scraper.browser.processes import memory_of
from cinestream_scraper.browser.responses import ERROR_PAGES, Answer, completed, logged
from cinestream_scraper.browser.snapshot import gather
from cinestream_scraper.browser.visit import Waits, leave, visit
from cinestream_scraper.pages.reading import Evidence, Reading
from cinestream_scraper.pages.verdict import looks_challenged

log = structlog.get_logger("scraper")

_UNREACHABLE = re.compile(r"net::ERR_\w+|about:neterror\?e=\w+")
_IN_CIRCLES = "redirectLoop"


_LOOK_EVERY = 10  # looking through all processes takes as long as a tenth of a page


class Bounds(NamedTuple):
    """What a browser may have read (pages) and may need (bytes; 0: any) before it is replaced."""

    pages: int
    memory: int


class BrowserUnavailable(Transient):
    """No browser could be started: no page's fault, so no page is given up for it."""


class SessionLost(Transient):
    """The browser hung or crashed: the page is read again, by another session."""


class SiteUnreachable(Transient):
    """The browser is well, but the site does not answer; `page` is the page that it concerns, empty: any of them."""

    def __init__(self, message: str, page: str = "") -> None:
        super().__init__(message)
        self.page = page


class BrowserSession:
    """A browser that is used by one thread at a time; `kill` may come from any other."""

    def __init__(self, name: str, launch: Launch, run: Run, waits: Waits) -> None:
        self._launch = launch
        self._waits = waits
        self._files = run.session(name)
        self._driver: WebDriver | None = None
        self._guard: Guard | None = None
        self._dead = False
        self._failed = False
        self.restless = False
        self._page_since = 0.0
        self.started = False
        self.pages = 0

    def read(self, url: str, kind: Kind, limit: int | None = None) -> Reading:
        """Read a page.

        Raises:
            Invalid: it led to a host that nobody allowed, which was not asked.
            BrowserUnavailable: there is no browser; this session must be killed and not be used again.
            SessionLost: the same, but the browser had started.
            SiteUnreachable: the site does not answer.
        """
        try:
            driver = self._driver or self._start()
            if self.restless:
                leave(driver, self._waits)
            if self._failed:
                logged(driver)  # of the page that failed, and not of this one
            self._failed = self.restless = True
            self._watched()
            self.pages += 1
            self._page_since = time.time()
            reading = completed(visit(driver, url, kind, self._waits, limit), self._answers(driver))
        except TimeoutException as error:
            raise SessionLost(f"{url}: the browser waited too long") from error
        except (WebDriverException, urllib3.exceptions.HTTPError, OSError) as error:
            self._require_allowed()
            if match := _UNREACHABLE.search(str(error)):
                raise SiteUnreachable(f"{url}: {match[0]}", url if _IN_CIRCLES in match[0] else "") from error
            raise SessionLost(f"{url}: {_line(error)}") from error
        finally:
            if self._dead:
                self._end()  # it was killed while it started: what came up since is killed too
        self._require_allowed()
        self._failed = False
        self.restless = reading.status != 200 or looks_challenged(reading.html)
        if reading.final_url.startswith(ERROR_PAGES):
            # Nobody refused a connection: its redirects go in circles, or lead where no browser goes.
            raise SiteUnreachable(f"{url}: the browser shows {reading.final_url[:80]}", url)
        return reading

    def _answers(self, driver: WebDriver) -> list[Answer]:
        return [*logged(driver), *(self._guard.heard().answers if self._guard else ())]

    def _watched(self) -> None:
        if self._guard:
            if not self._guard.alive:
                raise SessionLost("nobody watches where the browser goes")
            self._guard.begin()

    def _require_allowed(self) -> None:
        if self._guard and self._guard.refused:
            raise Invalid(self._guard.refused)

    def evidence(self) -> Evidence:
        """What shows why the page that was read last is not what was asked for.

        Raises:
            SessionLost: the browser is gone; this session must be killed and not be used again.
        """
        try:
            if self._driver is None:
                raise SessionLost("there is no browser")
            console = list(self._guard.heard().console) if self._guard else []
            return gather(self._driver, self._page_since, console)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise SessionLost(_line(error)) from error

    def rest(self) -> None:
        """Leave a page that was refused: it may go on asking, though the site is to be left alone.

        Raises:
            SessionLost: it cannot be left; this session must be killed and not be used again.
        """
        try:
            if self._driver and self.restless:
                leave(self._driver, self._waits)
                logged(self._driver)  # what it was answered meanwhile
                self.restless = False
        except (WebDriverException, urllib3.exceptions.HTTPError, OSError) as error:
            raise SessionLost(_line(error)) from error

    def worn(self, bounds: Bounds) -> str | None:
        """Why this browser should be replaced before its next page: `pages`, `memory`; None if it need not."""
        if self.pages >= bounds.pages:
            return "pages"
        if bounds.memory and self.pages % _LOOK_EVERY == 0 and memory_of(self._files.mark) > bounds.memory:
            return "memory"
        return None

    def _start(self) -> WebDriver:
        try:
            self._driver, self._guard = self._launch.start(self._files)
        except (WebDriverException, urllib3.exceptions.HTTPError, OSError) as error:
            raise BrowserUnavailable(f"no browser starts: {_line(error)}") from error
        if self._dead:
            raise SessionLost("killed while it started")
        self.started = True
        return self._driver

    def kill(self) -> None:
        """End the browser at once, whatever it is doing; nothing of it is left."""
        self._dead = True
        self._end()

    def _end(self) -> None:
        self._files.kill()
        if self._guard:
            self._guard.end()
        service = getattr(self._driver, "service", None)
        if service is not None and service.process is not None:
            with suppress(subprocess.TimeoutExpired):
                service.process.wait(timeout=2)
        self._files.remove()


def _line(error: Exception) -> str:
    text = (str(error).splitlines() or [""])[0]
    return f"{type(error).__name__}: {text[:300]}"
