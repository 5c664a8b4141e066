"""The browser that a command drives."""

import logging

import typer

from cinestream.commands.frame import fail
from cinestream.commands.language import translate
from cinestream_flow.message import Message
from cinestream_scraper.browser.discovery import InstalledBrowser, find_browser
from cinestream_scraper.browser.process_cleanup import BrowserRun
from cinestream_scraper.settings import ScraperSettings


def local_browser(settings: ScraperSettings) -> InstalledBrowser | None:
    """Return the browser of this machine, or None if a Selenium server has one.

    Raises:
        NoBrowser: there is neither.
    """
    # They warn of browsers that the scraper itself ends and reports.
    for name in ("selenium", "urllib3"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    if settings.selenium_url:
        return None
    installed = find_browser(settings.scraper_browser)
    if installed.kind != settings.scraper_browser:
        values = {"kind": settings.scraper_browser, "browser": installed.browser}
        typer.echo(translate("no {kind} with its driver here: using {browser}", **values), err=True)
    return installed


def begin(settings: ScraperSettings) -> BrowserRun:
    """Begin a run of browsers. Exit with code 1 if the directory for their files cannot be used."""
    try:
        return BrowserRun.begin(settings.scraper_state_dir)
    except OSError as error:
        directory = settings.scraper_state_dir
        fail(
            Message(
                "{directory} cannot be used ({error}): set CINESTREAM_SCRAPER_STATE_DIR",
                directory=directory,
                error=error.strerror,
            )
        )
