"""One visit to a page, until all its parts have loaded. Waits on page conditions, never for a fixed time."""

import time
from contextlib import suppress
from datetime import UTC, datetime

from selenium.common.exceptions import UnexpectedAlertPresentException
from selenium.webdriver.remote.webdriver import WebDriver

from cinestream.contracts import Kind
from cinestream_scraper.browser import scripts
from cinestream_scraper.browser.visit.loading import load
from cinestream_scraper.browser.visit.waits import PageTimeouts, run_script, wait_until
from cinestream_scraper.pages.page import Page
from cinestream_scraper.pages.reading import Reading

_BLANK = "about:blank"


def visit(driver: WebDriver, url: str, kind: Kind, timeouts: PageTimeouts, limit: int | None = None) -> Reading:
    """Open a page, let its dynamic parts load, and return it as it then is, whatever it is.

    Of a chart, search or list all rows are shown, or at least `limit`. If the response brought no page (a 204, a
    download), the browser still shows the page before: the reading is then empty and at `about:blank`.

    Raises:
        WebDriverException: the page or the browser cannot be reached.
    """
    with suppress(UnexpectedAlertPresentException):  # the page continues to load behind the dialog
        driver.get(url)
    wait_until(driver, timeouts.page, lambda: load(driver, kind, timeouts, limit))
    state = run_script(driver, timeouts, scripts.SNAPSHOT, str(time.monotonic_ns()))
    reading = Reading(
        url=url,
        final_url=state["url"],
        status=int(state["status"]),
        page=Page(state["html"]),
        read_at=datetime.now(UTC),
    )
    _close_other_windows(driver)
    if state["before"]:
        return reading._replace(final_url=_BLANK, page=Page(""))
    return reading.without_end() if state["loading"] else reading  # a page that still loads was cut off


def navigate_away(driver: WebDriver, timeouts: PageTimeouts) -> None:
    """Leave a page that may reload itself, and would then take the place of the next one.

    Raises:
        WebDriverException: the page cannot be left, or the browser is gone.
    """

    def is_blank() -> bool:
        driver.get(_BLANK)
        return driver.current_url == _BLANK

    wait_until(driver, timeouts.page, is_blank)


def _close_other_windows(driver: WebDriver) -> None:
    first, *others = driver.window_handles
    for handle in others:
        driver.switch_to.window(handle)
        driver.close()
    if others:
        driver.switch_to.window(first)
