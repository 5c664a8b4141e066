"""The start of a browser, on this machine or on a Selenium server, and of the request guard beside it."""

import os
import subprocess
from typing import Any, NamedTuple

import urllib3
import websocket
from selenium import webdriver
from selenium.common.exceptions import SessionNotCreatedException
from selenium.webdriver.chrome.service import Service as ChromeService
from selenium.webdriver.common.options import ArgOptions
from selenium.webdriver.firefox.service import Service as FirefoxService
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.webdriver import WebDriver

from cinestream_flow.logger import get_logger
from cinestream_scraper.browser import chrome
from cinestream_scraper.browser.chrome import chrome_options
from cinestream_scraper.browser.discovery import BrowserKind, InstalledBrowser
from cinestream_scraper.browser.firefox import firefox_options
from cinestream_scraper.browser.guard.addresses import bidi_address, devtools_address
from cinestream_scraper.browser.guard.bidi import BidiProtocol
from cinestream_scraper.browser.guard.devtools import DevToolsProtocol
from cinestream_scraper.browser.guard.request_guard import DebugProtocol, RequestGuard
from cinestream_scraper.browser.process_cleanup import SessionFiles
from cinestream_scraper.politeness.access_policy import AllowedHosts
from cinestream_scraper.politeness.dns import NameResolver
from cinestream_scraper.settings import ScraperSettings
from cinestream_scraper.site import SeleniumServer

log = get_logger("scraper")

_NO_GUARD = (websocket.WebSocketException, urllib3.exceptions.HTTPError, OSError, ValueError, KeyError)


class LaunchedBrowser(NamedTuple):
    """A browser that is ready for pages, and its request guard.

    `guard` is None for a remote browser that cannot be guarded.
    """

    driver: WebDriver
    guard: RequestGuard | None


class BrowserLauncher:
    """Starts browsers as the settings say.

    It remembers that the sandbox is unavailable, so only the first start tries it.
    """

    def __init__(
        self, settings: ScraperSettings, installed: InstalledBrowser | None, allowed_hosts: AllowedHosts | None = None
    ) -> None:
        self._settings = settings
        self._allowed_hosts = allowed_hosts or AllowedHosts(settings.site, NameResolver())
        self._installed = installed
        self._warned_no_guard = False
        self._sandbox = installed is None or self.kind != "chrome" or os.geteuid() != 0
        if not self._sandbox:
            log.warning("browser.no_sandbox", reason="the user is root")

    @property
    def kind(self) -> BrowserKind:
        """The kind of browser that is started."""
        return self._installed.kind if self._installed else self._settings.scraper_browser

    def start(self, files: SessionFiles) -> LaunchedBrowser:
        """Start a browser and its request guard.

        Raises:
            WebDriverException, OSError: the browser does not start, or a local one cannot be guarded.
        """
        sandbox = self._sandbox  # a copy: another thread may find out meanwhile that there is no sandbox
        try:
            driver = self._open(files, sandbox=sandbox)
        except SessionNotCreatedException as error:
            if not sandbox or self.kind != "chrome" or not chrome.is_about_sandbox(error):
                raise
            files.kill()
            driver = self._open(files, sandbox=False)
            if self._sandbox:
                log.warning("browser.no_sandbox", reason=(error.msg or "").splitlines()[:1])
            self._sandbox = False
        driver.set_page_load_timeout(self._settings.scraper_page_deadline)
        driver.set_script_timeout(self._settings.scraper_page_deadline)
        if self.kind == "chrome":
            chrome.prepare(driver, self._settings)
        return LaunchedBrowser(driver, self._guard(driver, files))

    def _guard(self, driver: WebDriver, files: SessionFiles) -> RequestGuard | None:
        """Return the request guard.

        For a remote browser whose debugging address is not reachable, log a warning and return None.
        """
        try:
            find_address = devtools_address if self.kind == "chrome" else bidi_address
            address = find_address(driver, None if self._installed else self._settings.selenium_url)
            return RequestGuard(address, self._protocol(driver.current_window_handle), files.kill)
        except _NO_GUARD as error:
            if self._installed:
                raise OSError(f"the browser cannot be guarded: {error}") from error
            if not self._warned_no_guard:
                log.warning(
                    "browser.unguarded", reason=str(error), effect="redirects are checked only after they were followed"
                )
            self._warned_no_guard = True
            return None

    def _protocol(self, main_window: str) -> DebugProtocol:
        if self.kind == "chrome":
            return DevToolsProtocol(main_window, self._allowed_hosts)
        # A local browser has its time zone from its environment.
        timezone = "" if self._installed else self._settings.scraper_timezone
        block = self._settings.scraper_block_resources
        return BidiProtocol(main_window, self._allowed_hosts, block_resources=block, timezone=timezone)

    def _open(self, files: SessionFiles, *, sandbox: bool) -> WebDriver:
        if self._installed:
            return self._local(self._installed, files, sandbox=sandbox)
        return self._remote(files, sandbox=sandbox)

    def _local(self, installed: InstalledBrowser, files: SessionFiles, *, sandbox: bool) -> WebDriver:
        home = {"HOME": str(files.directory)} if installed.kind == "firefox" else {}  # Firefox writes into ~/.cache
        service: dict[str, Any] = {
            "executable_path": installed.driver,
            "env": files.environment | home | {"TZ": self._settings.scraper_timezone},
            "log_output": subprocess.DEVNULL,
            # In a session of its own, so that Ctrl-C in a terminal does not end browsers that still read a page.
            "popen_kw": {"start_new_session": True},
        }
        if installed.kind == "firefox":
            return webdriver.Firefox(firefox_options(self._settings, installed), FirefoxService(**service))
        return webdriver.Chrome(chrome_options(self._settings, installed, sandbox=sandbox), ChromeService(**service))

    def _remote(self, files: SessionFiles, *, sandbox: bool) -> WebDriver:
        options: ArgOptions = firefox_options(self._settings, None)
        if self.kind == "chrome":
            options = chrome_options(self._settings, None, sandbox=sandbox)
        url, name, password = SeleniumServer.of(self._settings.selenium_url)
        timeout = int(self._settings.scraper_page_deadline) + 5
        config = ClientConfig(remote_server_addr=url, username=name, password=password, timeout=timeout)
        driver = webdriver.Remote(command_executor=url, options=options, client_config=config)
        files.note_remote(f"{self._settings.selenium_url.rstrip('/')}/session/{driver.session_id}")
        return driver
