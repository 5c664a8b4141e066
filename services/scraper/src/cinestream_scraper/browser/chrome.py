"""How Chrome and Chromium are set up: their options, and what of a page they do not load."""

import os
import shlex
import shutil
from typing import Any

from selenium.common.exceptions import SessionNotCreatedException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.remote.webdriver import WebDriver

from cinestream_scraper.browser import scripts
from cinestream_scraper.browser.discovery import Installed
from cinestream_scraper.settings import ScraperSettings

_ARGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-quic",
    "--disable-sync",
    "--mute-audio",
    "--no-default-browser-check",
    "--no-first-run",
)
BLOCKED = (
    *(f"*.{ending}" for ending in ("woff", "woff2", "ttf", "otf", "mp4", "webm", "m3u8", "ts", "mp3")),
    *(f"*.{ending}?*" for ending in ("woff", "woff2", "ttf", "mp4", "webm", "m3u8")),
    *(f"*://*.{host}/*" for host in ("amazon-adsystem.com", "doubleclick.net", "scorecardresearch.com")),
)
"""What is not loaded: fonts, media and trackers, as patterns of addresses."""
_SMALL_SHM = 256 << 20
_NO_SANDBOX = ("sandbox", "DevToolsActivePort file doesn't exist", "Chrome failed to start", "Chrome instance exited")
"""What a driver says of a browser that its kernel gives no sandbox: it dies as it starts, mostly without a word."""


def options(settings: ScraperSettings, installed: Installed | None, *, sandbox: bool) -> Options:
    """The options for the browser of this machine, or (None) for one elsewhere."""
    chosen = Options()
    chosen.page_load_strategy = "eager"
    chosen.unhandled_prompt_behavior = "dismiss"  # those of other windows, without a word
    width, height = settings.window
    args = [*_ARGS, f"--window-size={width},{height}", f"--lang={settings.scraper_locale}"]
    args.append(f"--accept-lang={settings.scraper_locale}")
    if not (installed and installed.is_shell):
        args.append("--headless=new")
    if not sandbox:
        args.append("--no-sandbox")
    if settings.scraper_block:
        args.append("--blink-settings=imagesEnabled=false")
    if installed:
        chosen.binary_location = installed.browser
        if os.path.isdir("/dev/shm") and shutil.disk_usage("/dev/shm").total < _SMALL_SHM:  # noqa: S108
            args.append("--disable-dev-shm-usage")
    for arg in [*args, *shlex.split(settings.scraper_browser_args)]:
        chosen.add_argument(arg)
    # "performance" is the only place where a driver tells the headers of an answer.
    chosen.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    chosen.add_experimental_option("perfLoggingPrefs", {"enableNetwork": True, "enablePage": False})
    return chosen


def prepare(driver: WebDriver, settings: ScraperSettings) -> None:
    """Set the time zone, and what is neither loaded nor shown.

    Raises:
        WebDriverException: the browser does not take it.
    """
    commands: list[tuple[str, Any]] = [
        ("Emulation.setTimezoneOverride", {"timezoneId": settings.scraper_timezone}),
        ("Page.addScriptToEvaluateOnNewDocument", {"source": scripts.NO_BOXES}),
    ]
    if settings.scraper_block:
        commands += [("Network.enable", {}), ("Network.setBlockedURLs", {"urls": list(BLOCKED)})]
    for command, parameters in commands:
        driver.execute("executeCdpCommand", {"cmd": command, "params": parameters})


def is_about_sandbox(error: SessionNotCreatedException) -> bool:
    """Whether a browser without sandbox might start where this one did not; a Grid that is full is another matter."""
    return any(words in (error.msg or "") for words in _NO_SANDBOX)
