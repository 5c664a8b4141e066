"""What a browser can still tell of a page that was not what was asked for."""

from contextlib import suppress
from typing import Any

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.remote.webdriver import WebDriver

from cinestream_scraper.browser import scripts
from cinestream_scraper.pages.reading import Evidence

_MOST_LINES = 200
_MOST_CHARACTERS = 1000


def gather(driver: WebDriver, since: float, heard: list[str]) -> Evidence:
    """Screenshot, console since that moment (seconds since 1970) and timing; what cannot be had is left out.

    `heard` are the lines of the console that were told already.
    """
    screenshot, console, timing = b"", heard, dict[str, Any]()
    with suppress(WebDriverException):
        console = heard or _console(driver, since)
    with suppress(WebDriverException):
        timing = driver.execute_script(scripts.TIMING) or {}
    with suppress(WebDriverException):
        screenshot = driver.get_screenshot_as_png()
    return Evidence(screenshot, console, timing)


def _console(driver: WebDriver, since: float) -> list[str]:
    if "goog:chromeOptions" not in driver.capabilities:
        return []
    # The driver keeps the lines of all pages until they are asked for.
    entries = driver.execute("getLog", {"type": "browser"})["value"]
    lines = [f"{entry['level']} {entry['message']}" for entry in entries if entry["timestamp"] >= since * 1000]
    return [line[:_MOST_CHARACTERS] for line in lines[-_MOST_LINES:]]
