"""One visit to a page, until all its parts have loaded. Waits on page conditions, never for a fixed time."""

import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple

from selenium.common.exceptions import (
    JavascriptException,
    NoSuchElementException,
    NoSuchFrameException,
    StaleElementReferenceException,
    TimeoutException,
    UnexpectedAlertPresentException,
    WebDriverException,
)
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait

from cinestream.contracts import Kind
from cinestream_scraper.browser import scripts
from cinestream_scraper.pages.page import Page
from cinestream_scraper.pages.reading import Reading

PageState = dict[str, Any]


class PageTimeouts(NamedTuple):
    """Seconds to wait for each part of a page.

    Attributes:
        page: the page itself, and each click.
        challenge: a bot challenge, which the browser may solve by itself.
        consent: the button in a consent dialog.
        quiet: how long nothing may change before sections that never load are given up.
    """

    page: float = 20.0
    challenge: float = 10.0
    consent: float = 3.0
    quiet: float = 1.0


# Errors of a page that changes while it is looked at, or that shows one dialog after another: look again.
_IN_MOTION = (
    JavascriptException,
    StaleElementReferenceException,
    NoSuchElementException,
    NoSuchFrameException,
    UnexpectedAlertPresentException,
)
_REPLACED = "aborted by navigation"  # Chrome's driver has no exception of its own for it
_POLL_SECONDS = 0.05
_BLANK = "about:blank"
_MAX_CLICKS = 400


def visit(driver: WebDriver, url: str, kind: Kind, timeouts: PageTimeouts, limit: int | None = None) -> Reading:
    """Open a page, let its dynamic parts load, and return it as it then is, whatever it is.

    Of a chart, search or list all rows are shown, or at least `limit`. If the response brought no page (a 204, a
    download), the browser still shows the page before: the reading is then empty and at `about:blank`.

    Raises:
        WebDriverException: the page or the browser cannot be reached.
    """
    with suppress(UnexpectedAlertPresentException):  # the page goes on loading behind the dialog
        driver.get(url)
    _wait_until(driver, timeouts.page, lambda: _load(driver, kind, timeouts, limit))
    state = _run(driver, timeouts, scripts.SNAPSHOT, str(time.monotonic_ns()))
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

    _wait_until(driver, timeouts.page, is_blank)


def _load(driver: WebDriver, kind: Kind, timeouts: PageTimeouts, limit: int | None) -> bool:
    """Let all parts of the page load. Return False, or raise an error of `_IN_MOTION`, if the page was replaced."""
    if not _settle(driver, timeouts):
        return True
    if not _load_sections(driver, timeouts):
        return False
    if kind is not Kind.TITLE:
        _show_rows(driver, timeouts, limit)
    return True


def _settle(driver: WebDriver, timeouts: PageTimeouts) -> bool:
    """Wait for the end of challenges and dialogs. Return True if the page is one that has sections to load."""

    def settled(*, wait_for_challenge: bool = True) -> PageState | None:
        state: PageState | None = driver.execute_script(scripts.STATE)
        if state is None:
            return None
        if _is_challenge(state):
            # A challenge without scripts cannot solve itself.
            return None if wait_for_challenge and state["scripts"] else state
        if state["consentFrame"] or state["consentButton"]:
            _answer_consent(driver, timeouts, state)
            return None
        is_there = state["data"] or state["ready"] == "complete" or state["status"] >= 400
        return state if is_there else None

    try:
        state = _wait_until(driver, timeouts.challenge, settled)
    except TimeoutException:
        # Still a challenge or a dialog, or a slow page. A page gets more time, a challenge does not.
        state = _run(driver, timeouts, scripts.STATE)
        if not _is_challenge(state) and state["ready"] == "loading":
            # A page that was cut off stays "loading" for ever. A challenge that reloads itself is "loading" at times.
            with suppress(TimeoutException):
                state = _wait_until(driver, timeouts.page, lambda: settled(wait_for_challenge=False))
    return bool(state["status"] == 200 and state["data"])


def _is_challenge(state: PageState) -> bool:
    return bool(state["status"] == 202 or (state["challenge"] and not state["data"]))


def _answer_consent(driver: WebDriver, timeouts: PageTimeouts, state: PageState) -> None:
    """Decline, or accept where that is the only choice, in the dialog's own frame if it has one."""
    button = state["consentButton"]
    try:
        if frame := state["consentFrame"]:
            driver.switch_to.frame(frame)
            button = _wait_until(
                driver, timeouts.consent, lambda: driver.find_element(By.CSS_SELECTOR, scripts.CONSENT_BUTTON)
            )
        driver.execute_script("arguments[0].click()", button)
    except TimeoutException:
        pass
    finally:
        driver.switch_to.default_content()


def _load_sections(driver: WebDriver, timeouts: PageTimeouts) -> bool:
    """Let the sections load that do so when they are seen. Return False if the page was replaced meanwhile.

    A page that never comes to rest is read as it is when the time is over.
    """
    state = driver.execute_script(scripts.LOAD_SECTIONS, timeouts.quiet * 1000)
    if state == "loading":
        with suppress(TimeoutException):
            state = _wait_until(driver, timeouts.page, lambda: driver.execute_script(scripts.SECTIONS))
    return state in ("loaded", "loading")


def _show_rows(driver: WebDriver, timeouts: PageTimeouts, limit: int | None) -> None:
    """Click "more" until all rows are shown, or `limit`, or the page's own data holds all of them."""
    rows = _run(driver, timeouts, scripts.ROWS)
    for _ in range(_MAX_CLICKS):
        is_enough = rows["held"] >= rows["shown"] or (limit and rows["shown"] >= limit)
        if is_enough or not driver.execute_script(scripts.SHOW_MORE):
            return
        before = rows["shown"]

        def more(before: int = before) -> PageState | None:
            now: PageState | None = driver.execute_script(scripts.ROWS)
            return now if now and now["shown"] > before else None

        try:
            rows = _wait_until(driver, timeouts.page, more)
        except TimeoutException:
            return


def _close_other_windows(driver: WebDriver) -> None:
    first, *others = driver.window_handles
    for handle in others:
        driver.switch_to.window(handle)
        driver.close()
    if others:
        driver.switch_to.window(first)


def _run(driver: WebDriver, timeouts: PageTimeouts, script: str, *arguments: str) -> PageState:
    """Return what a script returns about the page."""
    # Firefox returns nothing while a page is being replaced: run it again.
    state: PageState = _wait_until(driver, timeouts.page, lambda: driver.execute_script(script, *arguments))
    return state


def _wait_until(driver: WebDriver, seconds: float, condition: Any) -> Any:
    """Return the first true result of the condition. Raises TimeoutException after so many seconds."""

    def check(_: WebDriver) -> Any:
        try:
            return condition()
        except WebDriverException as error:
            if isinstance(error, _IN_MOTION) or _REPLACED not in (error.msg or ""):
                raise
            return None

    wait = WebDriverWait(driver, seconds, poll_frequency=_POLL_SECONDS, ignored_exceptions=_IN_MOTION)
    return wait.until(check)
