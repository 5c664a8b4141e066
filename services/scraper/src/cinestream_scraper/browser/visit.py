"""One page, from its address to what it was when all its parts were there. Waits for things, never for time."""

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
from cinestream_scraper.pages.reading import Reading

Look = dict[str, Any]


class Waits(NamedTuple):
    """How long a page's parts are waited for, in seconds."""

    page: float = 20.0
    challenge: float = 10.0
    consent: float = 3.0
    quiet: float = 1.0


# What a page that changes under our hands causes, or asks one thing after another: look again.
_IN_MOTION = (
    JavascriptException,
    StaleElementReferenceException,
    NoSuchElementException,
    NoSuchFrameException,
    UnexpectedAlertPresentException,
)
_REPLACED = "aborted by navigation"  # Chrome's driver has no exception of its own for it
_POLL = 0.05
_BLANK = "about:blank"
_MOST_CLICKS = 400


def visit(driver: WebDriver, url: str, kind: Kind, waits: Waits, limit: int | None = None) -> Reading:
    """Open a page, let its dynamic parts load, and return it as it is then, whatever it is.

    Of a chart, search or list as many rows are shown as it has, or at least `limit`. Where the answer brought no page
    (a 204, a download) the browser still shows the one before: the reading is at `about:blank` then, and empty.

    Raises:
        WebDriverException: the page or the browser cannot be reached.
    """
    with suppress(UnexpectedAlertPresentException):  # it goes on loading
        driver.get(url)
    _until(driver, waits.page, lambda: _loaded(driver, kind, waits, limit))
    seen = _ask(driver, waits, scripts.SNAPSHOT, str(time.monotonic_ns()))
    reading = Reading(
        url=url,
        final_url=seen["url"],
        status=int(seen["status"]),
        html=seen["html"],
        read_at=datetime.now(UTC),
    )
    _close_other_windows(driver)
    if seen["before"]:
        return reading._replace(final_url=_BLANK, html="")
    return reading.without_end() if seen["loading"] else reading  # what was cut off, or still comes


def leave(driver: WebDriver, waits: Waits) -> None:
    """Leave a page that may load itself again, and take the place of the next.

    Raises:
        WebDriverException: it cannot be left, or the browser is gone.
    """

    def left() -> bool:
        driver.get(_BLANK)
        return driver.current_url == _BLANK

    _until(driver, waits.page, left)


def _loaded(driver: WebDriver, kind: Kind, waits: Waits, limit: int | None) -> bool:
    """Let all parts of the page load; False, or an error of a page in motion, if it was replaced meanwhile."""
    if not _settle(driver, waits):
        return True
    if not _has_parts(driver, waits):
        return False
    if kind is not Kind.TITLE:
        _show_rows(driver, waits, limit)
    return True


def _settle(driver: WebDriver, waits: Waits) -> bool:
    """Wait until the page is what it is going to be; return whether it is one that has parts to load."""

    def settled(*, patient: bool = True) -> Look | None:
        look: Look | None = driver.execute_script(scripts.LOOK)
        if look is None:
            return None
        if _is_challenge(look):
            return None if patient and look["scripts"] else look
        if look["consentFrame"] or look["consentButton"]:
            _answer_consent(driver, waits, look)
            return None
        there = look["data"] or look["ready"] == "complete" or look["status"] >= 400
        return look if there else None

    try:
        look = _until(driver, waits.challenge, settled)
    except TimeoutException:
        # Still a challenge or a dialog, or very slow: a page gets more time, a challenge gets none.
        look = _ask(driver, waits, scripts.LOOK)
        if not _is_challenge(look) and look["ready"] == "loading":
            # A page that was cut off says so for ever, and just now maybe a challenge that loads itself again.
            with suppress(TimeoutException):
                look = _until(driver, waits.page, lambda: settled(patient=False))
    return bool(look["status"] == 200 and look["data"])


def _is_challenge(look: Look) -> bool:
    return bool(look["status"] == 202 or (look["challenge"] and not look["data"]))


def _answer_consent(driver: WebDriver, waits: Waits, look: Look) -> None:
    """Decline, or where that is not offered accept; in the dialog's own frame if it has one."""
    button = look["consentButton"]
    try:
        if frame := look["consentFrame"]:
            driver.switch_to.frame(frame)
            button = _until(driver, waits.consent, lambda: driver.find_element(By.CSS_SELECTOR, scripts.CONSENT_BUTTON))
        driver.execute_script("arguments[0].click()", button)
    except TimeoutException:
        pass
    finally:
        driver.switch_to.default_content()


def _has_parts(driver: WebDriver, waits: Waits) -> bool:
    """Let the parts load that do so when they are seen; return whether it is still the same page then.

    What never comes to rest is read as it is after the wait.
    """
    parts = driver.execute_script(scripts.LOAD_PARTS, waits.quiet * 1000)
    if parts == "loading":
        with suppress(TimeoutException):
            parts = _until(driver, waits.page, lambda: driver.execute_script(scripts.PARTS))
    return parts in ("loaded", "loading")


def _show_rows(driver: WebDriver, waits: Waits, limit: int | None) -> None:
    """Click "more" as long as there is more, where the page's own data does not hold all rows."""
    rows = _ask(driver, waits, scripts.ROWS)
    for _ in range(_MOST_CLICKS):
        enough = rows["held"] >= rows["shown"] or (limit and rows["shown"] >= limit)
        if enough or not driver.execute_script(scripts.SHOW_MORE):
            return
        before = rows["shown"]

        def more(before: int = before) -> Look | None:
            now: Look | None = driver.execute_script(scripts.ROWS)
            return now if now and now["shown"] > before else None

        try:
            rows = _until(driver, waits.page, more)
        except TimeoutException:
            return


def _close_other_windows(driver: WebDriver) -> None:
    first, *others = driver.window_handles
    for handle in others:
        driver.switch_to.window(handle)
        driver.close()
    if others:
        driver.switch_to.window(first)


def _ask(driver: WebDriver, waits: Waits, script: str, *arguments: str) -> Look:
    """What a script says of the page. Firefox answers nothing for a page that is just being replaced: asked again."""
    answer: Look = _until(driver, waits.page, lambda: driver.execute_script(script, *arguments))
    return answer


def _until(driver: WebDriver, seconds: float, condition: Any) -> Any:
    def there(_: WebDriver) -> Any:
        try:
            return condition()
        except WebDriverException as error:
            if isinstance(error, _IN_MOTION) or _REPLACED not in (error.msg or ""):
                raise
            return None

    wait = WebDriverWait(driver, seconds, poll_frequency=_POLL, ignored_exceptions=_IN_MOTION)
    return wait.until(there)
