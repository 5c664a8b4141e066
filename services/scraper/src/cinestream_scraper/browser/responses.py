"""The responses for a page as the network saw them: scripts in a page cannot always see status and headers.

For an error without a body, Chrome and Firefox show a page of their own. Chrome also starts with one.
"""

from typing import Any, NamedTuple

import orjson
from selenium.webdriver.remote.webdriver import WebDriver

from cinestream_scraper.pages.page import Page
from cinestream_scraper.pages.reading import Reading

BROWSER_PAGES = ("chrome-error:", "about:", "data:,")
"""Beginnings of the addresses of the browsers' own pages."""


class DocumentResponse(NamedTuple):
    """The response for a document.

    Attributes:
        url: its address.
        status: its HTTP status.
        headers: its headers, with their names in lower case.
        cut: True if it is known to have been cut off.
    """

    url: str
    status: int
    headers: dict[str, str]
    cut: bool = False


def drain_response_log(driver: WebDriver) -> list[DocumentResponse]:
    """Return the responses for pages that Chrome's driver has logged since the last call. Empty for other drivers.

    The driver's log is emptied: else it would grow with each page.

    Raises:
        WebDriverException: the browser is gone.
    """
    if "goog:chromeOptions" not in driver.capabilities:
        return []
    entries = driver.execute("getLog", {"type": "performance"})["value"]
    # Most entries are about other resources. Parsing those would take longer than the search for one word.
    logged = [orjson.loads(entry["message"]) for entry in entries if '"Document"' in entry["message"]]
    return [_response(entry["message"]) for entry in logged if _is_page_response(entry["message"], entry["webview"])]


def complete(reading: Reading, responses: list[DocumentResponse]) -> Reading:
    """Return the reading with status and headers of its response. Pure.

    Where the browser shows a page of its own, the response replaces that page.
    """
    if reading.final_url.startswith(BROWSER_PAGES):
        # An error, or a response that brought no page: none at all (204), or a file, which browsers only store.
        own = [response for response in responses if response.status >= 400 or response.url == reading.url]
        return _from_response(reading, own[-1]) if own else reading
    own = [response for response in responses if response.url == reading.final_url]
    if not own:
        return reading
    reading = reading._replace(retry_after=own[-1].headers.get("retry-after"))
    return reading.without_end() if own[-1].cut else reading


def _from_response(reading: Reading, response: DocumentResponse) -> Reading:
    retry_after = response.headers.get("retry-after")
    return reading._replace(final_url=response.url, status=response.status, page=Page(""), retry_after=retry_after)


def _is_page_response(message: dict[str, Any], webview: str) -> bool:
    """Return True if a logged message is the response for the page of a window, and not for a frame in it."""
    if message.get("method") != "Network.responseReceived":
        return False
    return (message["params"]["type"], message["params"].get("frameId")) == ("Document", webview)


def _response(message: dict[str, Any]) -> DocumentResponse:
    response = message["params"]["response"]
    headers = {name.lower(): value for name, value in response.get("headers", {}).items()}
    return DocumentResponse(response.get("url", ""), int(response.get("status", 0)), headers)
