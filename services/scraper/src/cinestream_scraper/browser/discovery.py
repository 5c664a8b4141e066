"""The browser and the driver of this machine. Selenium Manager, which would download them, is never run."""

import re
import shutil
import subprocess
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Literal, NamedTuple

from cinestream_flow.errors import MissingDependency
from cinestream_flow.message import Message

BrowserKind = Literal["chrome", "firefox"]

# The path of the shell itself first: the script in /usr/bin does not exec, and each quit leaves a browser running.
_CHROMES = (
    "/usr/lib/chromium/chromium-headless-shell",
    "/usr/lib/chromium/chromium",
    "google-chrome-stable",
    "google-chrome",
    "chromium",
    "chromium-browser",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
_CHROMEDRIVERS = ("chromedriver", "/usr/lib/chromium/chromedriver", "/usr/lib/chromium-browser/chromedriver")
_FIREFOXES = ("firefox", "firefox-esr", "/Applications/Firefox.app/Contents/MacOS/firefox")
_GECKODRIVERS = ("geckodriver",)
_MAJOR_VERSION = re.compile(r"(\d{1,6})\.\d")


class NoBrowser(MissingDependency):
    """This machine has no browser with a matching driver. The message states what to install."""


class InstalledBrowser(NamedTuple):
    """A browser and its matching driver, by their paths."""

    kind: BrowserKind
    browser: str
    driver: str

    @property
    def is_shell(self) -> bool:
        """True for the small browser that is always headless."""
        return "headless-shell" in self.browser


def find_browser(preferred: BrowserKind, which: Callable[[str], str | None] = shutil.which) -> InstalledBrowser:
    """Return a browser of the preferred kind, or else of the other kind.

    Args:
        preferred: the kind to look for first.
        which: finds a program by its name or path.

    Raises:
        NoBrowser: there is neither.
    """
    finders = {"chrome": _find_chrome, "firefox": _find_firefox}
    mismatches: list[Message] = []
    for kind in sorted(finders, key=lambda kind: kind != preferred):
        if found := finders[kind](which, mismatches):
            return found
    reason = Message(" ({reasons})", reasons=reduce(_joined, mismatches)) if mismatches else ""
    raise NoBrowser(
        Message(
            "no browser with its driver found{reason}: install chromium-headless-shell and chromium-driver (Debian: "
            "apt install chromium-headless-shell chromium-driver), or Chrome with its chromedriver, or Firefox with "
            "geckodriver (https://github.com/mozilla/geckodriver/releases); or set CINESTREAM_SELENIUM_URL to a "
            "Selenium server",
            reason=reason,
        )
    )


def _joined(first: Message, second: Message) -> Message:
    return Message("{first}; {second}", first=first, second=second)


def _find_chrome(which: Callable[[str], str | None], mismatches: list[Message]) -> InstalledBrowser | None:
    drivers = _installed(_CHROMEDRIVERS, which)
    for browser in _installed(_CHROMES, which):
        for driver in drivers:
            versions = _major_version(browser), _major_version(driver)
            if versions[0] == versions[1]:
                return InstalledBrowser("chrome", browser, driver)
            found = {"browser": browser, "version": versions[0], "driver": driver, "other": versions[1]}
            mismatches.append(Message("{browser} is version {version}, {driver} is for {other}", **found))
        if not drivers:
            mismatches.append(Message("{browser} has no chromedriver", browser=browser))
    return None


def _find_firefox(which: Callable[[str], str | None], mismatches: list[Message]) -> InstalledBrowser | None:
    drivers = _installed(_GECKODRIVERS, which)
    for browser in _installed(_FIREFOXES, which):
        if drivers:
            return InstalledBrowser("firefox", browser, drivers[0])
        mismatches.append(Message("{browser} has no geckodriver", browser=browser))
    return None


def _installed(names: tuple[str, ...], which: Callable[[str], str | None]) -> list[str]:
    return list(dict.fromkeys(str(Path(path)) for name in names if (path := which(name))))


def _major_version(program: str) -> str:
    try:
        command = [program, "--version"]
        output = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False).stdout
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    match = _MAJOR_VERSION.search(output)
    return match[1] if match else "unknown"
