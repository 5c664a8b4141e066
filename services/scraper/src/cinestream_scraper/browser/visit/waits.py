"""Waits on conditions of a page that changes while it is looked at."""

from typing import Any, NamedTuple

from selenium.common.exceptions import (
    JavascriptException,
    NoSuchElementException,
    NoSuchFrameException,
    StaleElementReferenceException,
    UnexpectedAlertPresentException,
    WebDriverException,
)
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait

PageState = dict[str, Any]
"""The state of a page, as a script of `scripts` returns it."""

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


class PageTimeouts(NamedTuple):
    """Seconds to wait for each part of a page.

    Attributes:
        page: the page itself, and each click.
        challenge: a bot challenge, which the browser may solve by itself.
        consent: the button in a consent dialog.
        quiet: how long nothing may change before sections that never load are skipped.
    """

    page: float = 20.0
    challenge: float = 10.0
    consent: float = 3.0
    quiet: float = 1.0


def run_script(driver: WebDriver, timeouts: PageTimeouts, script: str, *arguments: str) -> PageState:
    """Return what a script returns about the page.

    Raises:
        TimeoutException: it returned nothing for as long as a page may take.
    """
    # Firefox returns nothing while a page is being replaced: run it again.
    state: PageState = wait_until(driver, timeouts.page, lambda: driver.execute_script(script, *arguments))
    return state


def wait_until(driver: WebDriver, seconds: float, condition: Any) -> Any:
    """Return the first true result of the condition. Errors of a page in motion count as false.

    Raises:
        TimeoutException: there was none within so many seconds.
    """

    def check(_: WebDriver) -> Any:
        try:
            return condition()
        except WebDriverException as error:
            if isinstance(error, _IN_MOTION) or _REPLACED not in (error.msg or ""):
                raise
            return None

    wait = WebDriverWait(driver, seconds, poll_frequency=_POLL_SECONDS, ignored_exceptions=_IN_MOTION)
    return wait.until(check)
