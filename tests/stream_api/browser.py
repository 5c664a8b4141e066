"""A real Chromium for the tests of web pages."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import Any

import anyio.to_thread
import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

BINARIES = ("/usr/lib/chromium/chromium-headless-shell", "/usr/bin/google-chrome", "/usr/bin/chromium")
ARGUMENTS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")


@contextmanager
def open_browser() -> Iterator[webdriver.Chrome]:
    """Open a headless browser that records its console."""
    binary = next((path for path in BINARIES if Path(path).exists()), None)
    driver = which("chromedriver")
    if not binary or not driver:
        pytest.skip("no Chromium with a chromedriver")
    options = Options()
    options.binary_location = binary
    for argument in ARGUMENTS:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    chrome = webdriver.Chrome(options=options, service=Service(driver, log_output=subprocess.DEVNULL))
    yield chrome
    chrome.quit()


async def shows(browser: webdriver.Chrome, script: str, value: Any) -> None:
    """Wait until a script returns this value in the page."""

    def seen(driver: webdriver.Chrome) -> bool:
        return bool(driver.execute_script(f"return {script}") == value)

    wait = WebDriverWait(browser, 60, poll_frequency=0.02)
    try:
        await anyio.to_thread.run_sync(wait.until, seen)
    except Exception as error:
        found = browser.execute_script(f"return {script}")
        raise AssertionError(f"{script} is {found!r}, not {value!r}") from error


def complaints(browser: webdriver.Chrome) -> list[str]:
    """Return the messages in the console of the browser, without those of lost connections."""
    log: list[dict[str, str]] = browser.get_log("browser")  # type: ignore[no-untyped-call]
    return [entry["message"] for entry in log if "ERR_" not in entry["message"]]
