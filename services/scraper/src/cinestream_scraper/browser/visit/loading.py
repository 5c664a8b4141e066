"""The loading of a page: the waits for challenges and dialogs, and the sections and rows that load on demand."""

from contextlib import suppress

from selenium.common.exceptions import TimeoutException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver

from cinestream.contracts import Kind
from cinestream_scraper.browser import scripts
from cinestream_scraper.browser.visit.waits import PageState, PageTimeouts, run_script, wait_until

_MAX_CLICKS = 400


def load(driver: WebDriver, kind: Kind, timeouts: PageTimeouts, limit: int | None) -> bool:
    """Let all parts of the page load. Return False if the page was replaced meanwhile."""
    if not _settle(driver, timeouts):
        return True
    if not _load_sections(driver, timeouts):
        return False
    if kind is not Kind.TITLE:
        _show_rows(driver, timeouts, limit)
    return True


def _settle(driver: WebDriver, timeouts: PageTimeouts) -> bool:
    """Wait for the end of challenges and dialogs. Return True if the page has status 200 and data."""
    try:
        state = wait_until(driver, timeouts.challenge, lambda: _settled(driver, timeouts))
    except TimeoutException:
        # Still a challenge or a dialog, or a slow page. A page gets more time, a challenge does not.
        state = run_script(driver, timeouts, scripts.STATE)
        if not _is_challenge(state) and state["ready"] == "loading":
            # A page that was cut off stays "loading" forever. A challenge that reloads itself is "loading" at times.
            with suppress(TimeoutException):
                state = wait_until(driver, timeouts.page, lambda: _settled(driver, timeouts, wait=False))
    return bool(state["status"] == 200 and state["data"])


def _settled(driver: WebDriver, timeouts: PageTimeouts, *, wait: bool = True) -> PageState | None:
    """Return the state of the page if it stays as it is, or None while it still changes.

    Also answers a consent dialog. `wait` is False for a page that gets no more time for a challenge.
    """
    state: PageState | None = driver.execute_script(scripts.STATE)
    if state is None:
        return None
    if _is_challenge(state):
        # A challenge without scripts cannot solve itself.
        return None if wait and state["scripts"] else state
    if state["consentFrame"] or state["consentButton"]:
        _answer_consent(driver, timeouts, state)
        return None
    is_there = state["data"] or state["ready"] == "complete" or state["status"] >= 400
    return state if is_there else None


def _is_challenge(state: PageState) -> bool:
    return bool(state["status"] == 202 or (state["challenge"] and not state["data"]))


def _answer_consent(driver: WebDriver, timeouts: PageTimeouts, state: PageState) -> None:
    """Decline, or accept where that is the only choice, in the dialog's own frame if it has one."""
    button = state["consentButton"]
    try:
        if frame := state["consentFrame"]:
            driver.switch_to.frame(frame)
            button = wait_until(
                driver, timeouts.consent, lambda: driver.find_element(By.CSS_SELECTOR, scripts.CONSENT_BUTTON)
            )
        driver.execute_script("arguments[0].click()", button)
    except TimeoutException:
        pass
    finally:
        driver.switch_to.default_content()


def _load_sections(driver: WebDriver, timeouts: PageTimeouts) -> bool:
    """Let the sections load that do so when they are seen. Return False if the page was replaced meanwhile.

    A page that is still changing at the timeout is read as it is.
    """
    state = driver.execute_script(scripts.LOAD_SECTIONS, timeouts.quiet * 1000)
    if state == "loading":
        with suppress(TimeoutException):
            state = wait_until(driver, timeouts.page, lambda: driver.execute_script(scripts.SECTIONS))
    return state in ("loaded", "loading")


def _show_rows(driver: WebDriver, timeouts: PageTimeouts, limit: int | None) -> None:
    """Click "more" until all rows are shown, or `limit`, or the page's own data holds all of them."""
    rows = run_script(driver, timeouts, scripts.ROWS)
    for _ in range(_MAX_CLICKS):
        is_enough = rows["held"] >= rows["shown"] or (limit and rows["shown"] >= limit)
        if is_enough or not driver.execute_script(scripts.SHOW_MORE):
            return
        before = rows["shown"]

        def more(before: int = before) -> PageState | None:
            now: PageState | None = driver.execute_script(scripts.ROWS)
            return now if now and now["shown"] > before else None

        try:
            rows = wait_until(driver, timeouts.page, more)
        except TimeoutException:
            return
