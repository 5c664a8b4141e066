"""How a browser is started, on this machine or on a Selenium server, and is watched from then on."""

import os
import subprocess
from typing import Any, NamedTuple
from urllib.parse import SplitResult, urlsplit

import structlog
import urllib3
import websocket
from selenium import webdriver
from selenium.common.exceptions import SessionNotCreatedException
from selenium.webdriver.chrome.service import Service as ChromeService
from selenium.webdriver.common.options import ArgOptions
from selenium.webdriver.firefox.service import Service as FirefoxService
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.webdriver import WebDriver

from cinestream_scraper.browser import chrome, firefox
from cinestream_scraper.browser.discovery import Installed, Kind
from cinestream_scraper.browser.guard.bidi import BiDi
from cinestream_scraper.browser.guard.devtools import DevTools
from cinestream_scraper.browser.guard.request_guard import Guard, Tongue
from cinestream_scraper.browser.process_cleanup import SessionFiles
from cinestream_scraper.politeness.access_policy import Leave
from cinestream_scraper.politeness.dns import Names
from cinestream_scraper.settings import ScraperSettings
from cinestream_scraper.site import Server

log = structlog.get_logger("scraper")

_PATIENCE = 15.0
_UNWATCHED = (websocket.WebSocketException, urllib3.exceptions.HTTPError, OSError, ValueError, KeyError)


class Started(NamedTuple):
    """A browser that is ready for pages, and what watches it, where it can be watched."""

    driver: WebDriver
    guard: Guard | None


class Launch:
    """Starts browsers as the settings say; remembers whether the kernel lets them have their sandbox."""

    def __init__(self, settings: ScraperSettings, installed: Installed | None, leave: Leave | None = None) -> None:
        self._settings = settings
        self._leave = leave or Leave(settings.site, Names())
        self._installed = installed
        self._unwatched = False
        self._sandbox = installed is None or self.kind != "chrome" or os.geteuid() != 0
        if not self._sandbox:
            log.warning("browser.no_sandbox", reason="the user is root")

    @property
    def kind(self) -> Kind:
        """Which browser is started."""
        return self._installed.kind if self._installed else self._settings.scraper_browser

    def start(self, files: SessionFiles) -> Started:
        """Start a browser and prepare it for reading.

        Raises:
            WebDriverException, OSError: it does not start.
        """
        sandbox = self._sandbox  # another thread may learn in the meantime that there is no sandbox
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
        return Started(driver, self._guard(driver, files))

    def _guard(self, driver: WebDriver, files: SessionFiles) -> Guard | None:
        """What watches the browser; None where it is elsewhere and cannot be reached, which is said."""
        try:
            address = self._devtools(driver) if self.kind == "chrome" else self._bidi(driver)
            return Guard(address, self._tongue(driver.current_window_handle), files.kill)
        except _UNWATCHED as error:
            if self._installed:
                raise OSError(f"the browser cannot be watched: {error}") from error
            if not self._unwatched:
                log.warning("browser.unwatched", reason=str(error), so="redirects are checked after they were followed")
            self._unwatched = True
            return None

    def _tongue(self, main: str) -> Tongue:
        if self.kind == "chrome":
            return DevTools(main, self._leave)
        elsewhere = "" if self._installed else self._settings.scraper_timezone
        return BiDi(main, self._leave, block=self._settings.scraper_block, timezone=elsewhere)

    def _devtools(self, driver: WebDriver) -> str:
        """The DevTools address of a Chrome: its own, or the way to it through a Selenium Grid."""
        server = self._server
        if "se:cdp" in driver.capabilities:  # the address in it is the one that the node knows itself by
            return f"{_websocket(server)}/session/{driver.session_id}/se/cdp"
        port = urlsplit(f"//{driver.capabilities['goog:chromeOptions']['debuggerAddress']}").port
        host = "127.0.0.1" if self._installed else server.hostname
        answer = urllib3.request("GET", f"http://{host}:{port}/json/version", timeout=_PATIENCE, retries=False)
        path = urlsplit(answer.json()["webSocketDebuggerUrl"]).path
        return f"ws://{host}:{port}{path}"

    def _bidi(self, driver: WebDriver) -> str:
        """The BiDi address of a Firefox: its own, or the way to it on or through a server."""
        own = urlsplit(driver.capabilities["webSocketUrl"])
        if self._installed:
            return str(driver.capabilities["webSocketUrl"])
        if own.path.endswith("/se/bidi"):
            return f"{_websocket(self._server)}/session/{driver.session_id}/se/bidi"
        return f"ws://{self._server.hostname}:{own.port}{own.path}"

    @property
    def _server(self) -> SplitResult:
        return urlsplit(Server.of(self._settings.selenium_url).url)

    def _open(self, files: SessionFiles, *, sandbox: bool) -> WebDriver:
        if self._installed:
            return self._local(self._installed, files, sandbox=sandbox)
        return self._remote(files, sandbox=sandbox)

    def _local(self, installed: Installed, files: SessionFiles, *, sandbox: bool) -> WebDriver:
        home = {"HOME": str(files.directory)} if installed.kind == "firefox" else {}  # it writes into ~/.cache
        how: dict[str, Any] = {
            "executable_path": installed.driver,
            "env": files.environment | home | {"TZ": self._settings.scraper_timezone},
            "log_output": subprocess.DEVNULL,
            # Of its own session, so that Ctrl-C in a terminal does not end the browsers before the drain.
            "popen_kw": {"start_new_session": True},
        }
        if installed.kind == "firefox":
            return webdriver.Firefox(firefox.options(self._settings, installed), FirefoxService(**how))
        return webdriver.Chrome(chrome.options(self._settings, installed, sandbox=sandbox), ChromeService(**how))

    def _remote(self, files: SessionFiles, *, sandbox: bool) -> WebDriver:
        options: ArgOptions = firefox.options(self._settings, None)
        if self.kind == "chrome":
            options = chrome.options(self._settings, None, sandbox=sandbox)
        url, name, password = Server.of(self._settings.selenium_url)
        wait = int(self._settings.scraper_page_deadline) + 5
        config = ClientConfig(remote_server_addr=url, username=name, password=password, timeout=wait)
        driver = webdriver.Remote(command_executor=url, options=options, client_config=config)
        files.note_remote(f"{self._settings.selenium_url.rstrip('/')}/session/{driver.session_id}")
        return driver


def _websocket(server: SplitResult) -> str:
    """The address of a server's websockets."""
    scheme = "wss" if server.scheme == "https" else "ws"
    return f"{scheme}://{server.netloc}"
