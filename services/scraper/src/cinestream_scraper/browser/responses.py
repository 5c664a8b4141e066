"""What the network told of a page: the status and headers of its answer, which scripts in the page cannot always see.

Chrome and Firefox show a page of their own in place of an answer without a body that is an error; Chrome also begins
with one.
"""

from typing import Any, NamedTuple

import orjson
from selenium.webdriver.remote.webdriver import WebDriver

from cinestream_scraper.pages.reading import Reading

ERROR_PAGES = ("chrome-error:", "about:", "data:,")


class Answer(NamedTuple):
    """The answer for a document; `headers` by their names in lower case, `cut` if it is known to have no end."""

    url: str
    status: int
    headers: dict[str, str]
    cut: bool = False


def logged(driver: WebDriver) -> list[Answer]:
    """The answers for documents that a driver of Chrome has logged since it was last asked; none of other drivers.

    Empties the driver's log, which would grow otherwise.

    Raises:
        WebDriverException: the browser is gone.
    """
    if "goog:chromeOptions" not in driver.capabilities:
        return []
    entries = driver.execute("getLog", {"type": "performance"})["value"]
    said = (orjson.loads(entry["message"]) for entry in entries if '"Document"' in entry["message"])
    return [_answer(one["message"]["params"]["response"]) for one in said if _is_answer(one["message"], one["webview"])]


def completed(reading: Reading, answers: list[Answer]) -> Reading:
    """The reading with what its answer said; where the browser shows its own page, the answer instead of that. Pure."""
    if reading.final_url.startswith(ERROR_PAGES):
        # An error, or what brought no page: nothing (204), or a file that a browser only stores.
        own = [answer for answer in answers if answer.status >= 400 or answer.url == reading.url]
        return _instead(reading, own[-1]) if own else reading
    own = [answer for answer in answers if answer.url == reading.final_url]
    if not own:
        return reading
    reading = reading._replace(retry_after=own[-1].headers.get("retry-after"))
    return reading.without_end() if own[-1].cut else reading


def _instead(reading: Reading, answer: Answer) -> Reading:
    retry_after = answer.headers.get("retry-after")
    return reading._replace(final_url=answer.url, status=answer.status, html="", retry_after=retry_after)


def _is_answer(message: dict[str, Any], webview: str) -> bool:
    """Whether it is the answer for the page of a window, and not for a frame in it."""
    if message.get("method") != "Network.responseReceived":
        return False
    return (message["params"]["type"], message["params"].get("frameId")) == ("Document", webview)


def _answer(response: dict[str, Any]) -> Answer:
    headers = {name.lower(): value for name, value in response.get("headers", {}).items()}
    return Answer(response.get("url", ""), int(response.get("status", 0)), headers)
