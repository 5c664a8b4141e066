"""What the network told of a page: the status and headers of its answer, which scripts in the page cannot always see.

Chrome and Firefox show a page of their own in place of an answer without a body that is an error.
"""

from typing import Any, NamedTuple

import orjson
from selenium.webdriver.remote.webdriver import WebDriver

from cinestream_scraper.reading import Reading

ERROR_PAGES = ("chrome-error:", "about:")


class Answer(NamedTuple):
    """The answer for a document; `headers` by their names in lower case."""

    url: str
    status: int
    headers: dict[str, str]


def logged(driver: WebDriver) -> list[Answer]:
    """The answers for documents that a driver of Chrome has logged since it was last asked; none of other drivers.

    Empties the driver's log, which would grow otherwise.

    Raises:
        WebDriverException: the browser is gone.
    """
    if "goog:chromeOptions" not in driver.capabilities:
        return []
    entries = driver.execute("getLog", {"type": "performance"})["value"]
    messages = (orjson.loads(entry["message"])["message"] for entry in entries if '"Document"' in entry["message"])
    return [_answer(message["params"]["response"]) for message in messages if _is_answer(message)]


def completed(reading: Reading, answers: list[Answer]) -> Reading:
    """The reading with what its answer said; where the browser shows its own page, the answer instead of that. Pure."""
    shows_own = reading.final_url.startswith(ERROR_PAGES)
    own = [answer for answer in answers if shows_own or answer.url == reading.final_url]
    if not own:
        return reading
    url, status, headers = own[-1]
    reading = reading._replace(retry_after=headers.get("retry-after"))
    return reading._replace(final_url=url, status=status, html="") if shows_own and status >= 400 else reading


def _is_answer(message: dict[str, Any]) -> bool:
    return message.get("method") == "Network.responseReceived" and message["params"].get("type") == "Document"


def _answer(response: dict[str, Any]) -> Answer:
    headers = {name.lower(): value for name, value in response.get("headers", {}).items()}
    return Answer(response.get("url", ""), int(response.get("status", 0)), headers)
