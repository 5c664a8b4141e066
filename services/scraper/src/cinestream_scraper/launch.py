"""How a browser is started: its options, on this machine or on a Selenium server."""

import os
import shlex
import shutil
import subprocess
from typing import Any, NamedTuple
from urllib.parse import urlsplit

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

from cinestream_scraper.guard import Guard
from cinestream_scraper.installed import Installed, Kind
from cinestream_scraper.leftovers import SessionFiles
from cinestream_scraper.settings import ScraperSettings
from cinestream_scraper.targets import Site

log = structlog.get_logger("scraper")

_CHROME_ARGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-quic",
    "--disable-sync",
    "--mute-audio",
    "--no-default-browser-check",
    "--no-first-run",
)
_FIREFOX_BLOCK: dict[str, str | int | bool] = {
    "permissions.default.image": 2,
    "gfx.downloadable_fonts.enabled": False,
    "media.autoplay.default": 5,
}
_BLOCKED = (
    *(f"*.{ending}" for ending in ("woff", "woff2", "ttf", "otf", "mp4", "webm", "m3u8", "ts", "mp3")),
    *(f"*.{ending}?*" for ending in ("woff", "woff2", "ttf", "mp4", "webm", "m3u8")),
    *(f"*://*.{host}/*" for host in ("amazon-adsystem.com", "doubleclick.net", "scorecardresearch.com")),
)
_SMALL_SHM = 256 << 20
_PATIENCE = 15.0
_NO_SANDBOX = ("sandbox", "DevToolsActivePort file doesn't exist", "Chrome failed to start", "Chrome instance exited")
"""What a driver says of a browser that its kernel gives no sandbox: it dies as it starts, mostly without a word."""


class Started(NamedTuple):
    """A browser that is ready for pages, and what watches it, where it can be watched."""

    driver: WebDriver
    guard: Guard | None


class Launch:
    """Starts browsers as the settings say; remembers whether the kernel lets them have their sandbox."""

    def __init__(self, settings: ScraperSettings, installed: Installed | None, site: Site | None = None) -> None:
        self._settings = settings
        self.site = site or settings.site
        self._installed = installed
        self._unwatched = False
        self._sandbox = installed is None or os.geteuid() != 0
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
        sandboxed = self._sandbox  # another thread may learn in the meantime that there is no sandbox
        try:
            driver = self._open(files)
        except SessionNotCreatedException as error:
            if not sandboxed or self.kind != "chrome" or not _is_about_sandbox(error):
                raise
            files.kill()
            self._sandbox = False
            driver = self._open(files)
            log.warning("browser.no_sandbox", reason=(error.msg or "").splitlines()[:1])
        driver.set_page_load_timeout(self._settings.scraper_page_deadline)
        driver.set_script_timeout(self._settings.scraper_page_deadline)
        if self.kind != "chrome":
            return Started(driver, None)
        self._prepare_chrome(driver)
        return Started(driver, self._guard(driver))

    def _guard(self, driver: WebDriver) -> Guard | None:
        """What watches the browser; None where it is elsewhere and cannot be reached, which is said."""
        try:
            return Guard(self._devtools(driver), driver.current_window_handle, self.site)
        except (websocket.WebSocketException, urllib3.exceptions.HTTPError, OSError, ValueError, KeyError) as error:
            if self._installed:
                raise OSError(f"the browser cannot be watched: {error}") from error
            if not self._unwatched:
                log.warning("browser.unwatched", reason=str(error), so="redirects are checked after they were followed")
            self._unwatched = True
            return None

    def _devtools(self, driver: WebDriver) -> str:
        """The DevTools address of a browser: its own, or the way to it through a Selenium Grid."""
        server = urlsplit(self._settings.selenium_url)
        if "se:cdp" in driver.capabilities:  # the address in it is the one that the node knows itself by
            scheme = "wss" if server.scheme == "https" else "ws"
            return f"{scheme}://{server.netloc.rpartition('@')[2]}/session/{driver.session_id}/se/cdp"
        port = urlsplit(f"//{driver.capabilities['goog:chromeOptions']['debuggerAddress']}").port
        host = "127.0.0.1" if self._installed else server.hostname
        answer = urllib3.request("GET", f"http://{host}:{port}/json/version", timeout=_PATIENCE, retries=False)
        path = urlsplit(answer.json()["webSocketDebuggerUrl"]).path
        return f"ws://{host}:{port}{path}"

    def _open(self, files: SessionFiles) -> WebDriver:
        return self._local(self._installed, files) if self._installed else self._remote(files)

    def _local(self, installed: Installed, files: SessionFiles) -> WebDriver:
        how: dict[str, Any] = {
            "executable_path": installed.driver,
            "env": files.environment | {"TZ": self._settings.scraper_timezone},
            "log_output": subprocess.DEVNULL,
            # Of its own session, so that Ctrl-C in a terminal does not end the browsers before the drain.
            "popen_kw": {"start_new_session": True},
        }
        if installed.kind == "firefox":
            return webdriver.Firefox(options=self._firefox_options(installed.browser), service=FirefoxService(**how))
        return webdriver.Chrome(options=self._chrome_options(installed), service=ChromeService(**how))

    def _remote(self, files: SessionFiles) -> WebDriver:
        options: ArgOptions = self._chrome_options(None) if self.kind == "chrome" else self._firefox_options("")
        url = self._settings.selenium_url
        config = ClientConfig(remote_server_addr=url, timeout=int(self._settings.scraper_page_deadline) + 5)
        driver = webdriver.Remote(command_executor=url, options=options, client_config=config)
        files.note_remote(f"{url.rstrip('/')}/session/{driver.session_id}")
        return driver

    def _chrome_options(self, installed: Installed | None) -> webdriver.ChromeOptions:
        s = self._settings
        options = webdriver.ChromeOptions()
        options.page_load_strategy = "eager"
        width, height = s.window
        args = [*_CHROME_ARGS, f"--window-size={width},{height}", f"--lang={s.scraper_locale}"]
        args.append(f"--accept-lang={s.scraper_locale}")
        if not (installed and installed.is_shell):
            args.append("--headless=new")
        if not self._sandbox:
            args.append("--no-sandbox")
        if s.scraper_block:
            args.append("--blink-settings=imagesEnabled=false")
        if installed:
            options.binary_location = installed.browser
            if os.path.isdir("/dev/shm") and shutil.disk_usage("/dev/shm").total < _SMALL_SHM:  # noqa: S108
                args.append("--disable-dev-shm-usage")
        for arg in [*args, *shlex.split(s.scraper_browser_args)]:
            options.add_argument(arg)
        # "performance" is the only place where a driver tells the headers of an answer.
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        options.add_experimental_option("perfLoggingPrefs", {"enableNetwork": True, "enablePage": False})
        return options

    def _firefox_options(self, browser: str) -> webdriver.FirefoxOptions:
        s = self._settings
        options = webdriver.FirefoxOptions()
        options.page_load_strategy = "eager"
        if browser:
            options.binary_location = browser
        width, height = s.window
        for arg in ["-headless", f"--width={width}", f"--height={height}", *shlex.split(s.scraper_browser_args)]:
            options.add_argument(arg)
        preferences: dict[str, str | int | bool] = {
            "intl.accept_languages": s.scraper_locale,
            **(_FIREFOX_BLOCK if s.scraper_block else {}),
        }
        for name, value in preferences.items():
            options.set_preference(name, value)
        return options

    def _prepare_chrome(self, driver: WebDriver) -> None:
        commands: list[tuple[str, Any]] = [
            ("Emulation.setTimezoneOverride", {"timezoneId": self._settings.scraper_timezone})
        ]
        if self._settings.scraper_block:
            commands += [("Network.enable", {}), ("Network.setBlockedURLs", {"urls": list(_BLOCKED)})]
        for command, parameters in commands:
            driver.execute("executeCdpCommand", {"cmd": command, "params": parameters})


def _is_about_sandbox(error: SessionNotCreatedException) -> bool:
    """Whether a browser without sandbox might start where this one did not; a Grid that is full is another matter."""
    return any(words in (error.msg or "") for words in _NO_SANDBOX)


class Waits(NamedTuple):
    """How long a page's parts are waited for, in seconds."""

    page: float = 20.0
    challenge: float = 10.0
    consent: float = 3.0
    quiet: float = 1.0
