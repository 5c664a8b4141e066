"""Which browser and driver of this machine are used. Selenium Manager, which downloads, is never run."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple

Kind = Literal["chrome", "firefox"]

# The shell's own path first: the script in /usr/bin does not exec, so that every quit leaves a browser running.
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
_MAJOR = re.compile(r"(\d+)\.\d+")


class NoBrowser(Exception):
    """There is no browser with a driver that fits it; the text says what to install."""


class Installed(NamedTuple):
    """A browser and the driver that fits it."""

    kind: Kind
    browser: str
    driver: str

    @property
    def is_shell(self) -> bool:
        """Whether it is the small browser that is always headless."""
        return "headless-shell" in self.browser


def find_browser(wanted: Kind, which: Callable[[str], str | None] = shutil.which) -> Installed:
    """The browser of the wanted kind, else of the other one.

    Raises:
        NoBrowser: there is none.
    """
    finders = {"chrome": _find_chrome, "firefox": _find_firefox}
    misfits: list[str] = []
    for kind in sorted(finders, key=lambda kind: kind != wanted):
        if found := finders[kind](which, misfits):
            return found
    reason = f" ({'; '.join(misfits)})" if misfits else ""
    raise NoBrowser(
        f"no browser with its driver found{reason}: install chromium-headless-shell and chromium-driver "
        "(Debian: apt install chromium-headless-shell chromium-driver), or Chrome with its chromedriver, or Firefox "
        "with geckodriver (https://github.com/mozilla/geckodriver/releases); or set CINESTREAM_SELENIUM_URL to a "
        "Selenium server"
    )


def _find_chrome(which: Callable[[str], str | None], misfits: list[str]) -> Installed | None:
    drivers = _present(_CHROMEDRIVERS, which)
    for browser in _present(_CHROMES, which):
        for driver in drivers:
            versions = _major(browser), _major(driver)
            if versions[0] == versions[1]:
                return Installed("chrome", browser, driver)
            misfits.append(f"{browser} is version {versions[0]}, {driver} is for {versions[1]}")
        if not drivers:
            misfits.append(f"{browser} has no chromedriver")
    return None


def _find_firefox(which: Callable[[str], str | None], misfits: list[str]) -> Installed | None:
    drivers = _present(_GECKODRIVERS, which)
    for browser in _present(_FIREFOXES, which):
        if drivers:
            return Installed("firefox", browser, drivers[0])
        misfits.append(f"{browser} has no geckodriver")
    return None


def _present(names: tuple[str, ...], which: Callable[[str], str | None]) -> list[str]:
    return list(dict.fromkeys(str(Path(path)) for name in names if (path := which(name))))


def _major(program: str) -> str:
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20, check=False).stdout
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    match = _MAJOR.search(said)
    return match[1] if match else "unknown"
