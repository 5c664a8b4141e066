"""The options of Chrome and Chromium, and the resources that they do not load."""

import os
import shlex
import shutil
from typing import Any

from selenium.common.exceptions import SessionNotCreatedException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.remote.webdriver import WebDriver

from cinestream_scraper.browser import scripts
from cinestream_scraper.browser.discovery import InstalledBrowser
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
BLOCKED_ADDRESSES = (
    *(f"*.{ending}" for ending in ("woff", "woff2", "ttf", "otf", "mp4", "webm", "m3u8", "ts", "mp3")),
    *(f"*.{ending}?*" for ending in ("woff", "woff2", "ttf", "mp4", "webm", "m3u8")),
    *(f"*://*.{host}/*" for host in ("amazon-adsystem.com", "doubleclick.net", "scorecardresearch.com")),
)
"""Patterns of the addresses of fonts, media and trackers, which are not loaded."""
_MIN_SHM_BYTES = 256 << 20
_NO_SANDBOX = ("sandbox", "DevToolsActivePort file doesn't exist", "Chrome failed to start", "Chrome instance exited")
"""Parts of a driver's errors when the kernel gives a browser no sandbox: mostly it just ends as it starts."""


def chrome_options(settings: ScraperSettings, installed: InstalledBrowser | None, *, sandbox: bool) -> Options:
    """Return the options for the browser of this machine, or for a remote one (None)."""
    options = Options()
    options.page_load_strategy = "eager"
    options.unhandled_prompt_behavior = "dismiss"  # those of other windows, without an error
    width, height = settings.window
    args = [*_ARGS, f"--window-size={width},{height}", f"--lang={settings.scraper_locale}"]
    args.append(f"--accept-lang={settings.scraper_locale}")
    if not (installed and installed.is_shell):
        args.append("--headless=new")
    if not sandbox:
        args.append("--no-sandbox")
    if settings.scraper_block_resources:
        args.append("--blink-settings=imagesEnabled=false")
    if installed:
        options.binary_location = installed.browser
        if os.path.isdir("/dev/shm") and shutil.disk_usage("/dev/shm").total < _MIN_SHM_BYTES:  # noqa: S108
            args.append("--disable-dev-shm-usage")
    for arg in [*args, *shlex.split(settings.scraper_browser_args)]:
        options.add_argument(arg)
    # The performance log is the only place where the driver reports the headers of a response.
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    options.add_experimental_option("perfLoggingPrefs", {"enableNetwork": True, "enablePage": False})
    return options


def prepare(driver: WebDriver, settings: ScraperSettings) -> None:
    """Set the time zone, and suppress blocked resources and dialogs.

    Raises:
        WebDriverException: the browser refuses a setting.
    """
    commands: list[tuple[str, Any]] = [
        ("Emulation.setTimezoneOverride", {"timezoneId": settings.scraper_timezone}),
        ("Page.addScriptToEvaluateOnNewDocument", {"source": scripts.NO_DIALOGS}),
    ]
    if settings.scraper_block_resources:
        commands += [("Network.enable", {}), ("Network.setBlockedURLs", {"urls": list(BLOCKED_ADDRESSES)})]
    for command, parameters in commands:
        driver.execute("executeCdpCommand", {"cmd": command, "params": parameters})


def is_about_sandbox(error: SessionNotCreatedException) -> bool:
    """Return True if the browser might start without a sandbox. Another fault, as a full Grid, returns False."""
    return any(words in (error.msg or "") for words in _NO_SANDBOX)
