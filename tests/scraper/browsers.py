"""The browsers that tests drive, or the reason why a test is skipped."""

import pytest

from cinestream_scraper.browser.discovery import BrowserKind, InstalledBrowser, NoBrowser, find_browser


def installed_or_skip(kind: BrowserKind) -> InstalledBrowser:
    """Return the browser of that kind on this machine. Skips the test if there is none with its driver."""
    try:
        installed = find_browser(kind)
    except NoBrowser as error:
        pytest.skip(str(error))
    if installed.kind != kind:
        pytest.skip(f"no {kind} with its driver on this machine")
    return installed
