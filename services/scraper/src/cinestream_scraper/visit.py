"""One page, from its address to what it was when all its parts were there. Waits for things, never for time."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

from selenium.common.exceptions import (
    JavascriptException,
    NoSuchElementException,
    NoSuchFrameException,
    StaleElementReferenceException,
    TimeoutException,
)
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait

from cinestream.contracts import Kind
from cinestream_scraper import scripts
from cinestream_scraper.reading import Reading

Look = dict[str, Any]


class Waits(NamedTuple):
    """How long a page's parts are waited for, in seconds."""

    page: float = 20.0
    challenge: float = 10.0
    consent: float = 3.0
    quiet: float = 1.0


# What a page that changes under our hands causes: look again.
_IN_MOTION = (JavascriptException, StaleElementReferenceException, NoSuchElementException, NoSuchFrameException)
_POLL = 0.05
_MOST_CLICKS = 400


def visit(driver: WebDriver, url: str, kind: Kind, waits: Waits, limit: int | None = None) -> Reading:
    """Open a page, let its dynamic parts load, and return it as it is then, whatever it is.

    Of a chart, search or list as many rows are shown as it has, or at least `limit`.

    Raises:
        WebDriverException: the page or the browser cannot be reached.
    """
    driver.get(url)
    if _settle(driver, waits):
        _load_lazy_parts(driver, waits)
        if kind is not Kind.TITLE:
            _show_rows(driver, waits, limit)
    seen = _until(driver, waits.page, lambda: driver.execute_script(scripts.SNAPSHOT))
    reading = Reading(
        url=url,
        final_url=seen["url"],
        status=int(seen["status"]),
        html=seen["html"],
        read_at=datetime.now(UTC),
    )
    _close_other_windows(driver)
    return reading


def _settle(driver: WebDriver, waits: Waits) -> bool:
    """Wait until the page is what it is going to be; return whether it is one that has parts to load."""

    def settled() -> Look | None:
        look: Look = driver.execute_script(scripts.LOOK)
        if _is_challenge(look):
            return None if look["scripts"] else look
        if look["consentFrame"] or look["consentButton"]:
            _answer_consent(driver, waits)
            return None
        there = look["data"] or look["ready"] == "complete" or look["status"] >= 400
        return look if there else None

    try:
        look = _until(driver, waits.challenge, settled)
    except TimeoutException:
        # Still a challenge or a dialog, or very slow: a page gets more time, a challenge gets none.
        look = driver.execute_script(scripts.LOOK)
        if not _is_challenge(look) and look["ready"] == "loading":
            look = _until(driver, waits.page, settled)
    return bool(look["status"] == 200 and look["data"])


def _is_challenge(look: Look) -> bool:
    return bool(look["status"] == 202 or (look["challenge"] and not look["data"]))


def _answer_consent(driver: WebDriver, waits: Waits) -> None:
    """Decline, or where that is not offered accept; in the dialog's own frame if it has one."""
    frames = driver.find_elements(By.CSS_SELECTOR, scripts.CONSENT_FRAME)
    try:
        if frames:
            driver.switch_to.frame(frames[0])
        button = _until(driver, waits.consent, lambda: driver.find_element(By.CSS_SELECTOR, scripts.CONSENT_BUTTON))
        driver.execute_script("arguments[0].click()", button)
    except TimeoutException:
        pass
    finally:
        driver.switch_to.default_content()


def _load_lazy_parts(driver: WebDriver, waits: Waits) -> None:
    driver.execute_async_script(scripts.LAZY, waits.quiet * 1000)


def _show_rows(driver: WebDriver, waits: Waits, limit: int | None) -> None:
    """Click "more" as long as there is more, where the page's own data does not hold all rows."""
    for _ in range(_MOST_CLICKS):
        rows = driver.execute_script(scripts.ROWS)
        buttons = driver.find_elements(By.CSS_SELECTOR, scripts.MORE_BUTTON)
        enough = rows["held"] >= rows["shown"] or (limit and rows["shown"] >= limit)
        if enough or not buttons:
            return
        driver.execute_script("arguments[0].click()", buttons[0])
        shown = rows["shown"]
        try:
            _until(driver, waits.page, lambda shown=shown: driver.execute_script(scripts.ROWS)["shown"] > shown)
        except TimeoutException:
            return


def _close_other_windows(driver: WebDriver) -> None:
    first, *others = driver.window_handles
    for handle in others:
        driver.switch_to.window(handle)
        driver.close()
    if others:
        driver.switch_to.window(first)


def _until(driver: WebDriver, seconds: float, condition: Any) -> Any:
    wait = WebDriverWait(driver, seconds, poll_frequency=_POLL, ignored_exceptions=_IN_MOTION)
    return wait.until(lambda _: condition())
