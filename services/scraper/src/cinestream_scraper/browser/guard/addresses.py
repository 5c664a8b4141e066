"""The addresses at which a browser accepts the connection of its request guard."""

from urllib.parse import SplitResult, urlsplit

import urllib3
from selenium.webdriver.remote.webdriver import WebDriver

from cinestream_scraper.site import SeleniumServer

_TIMEOUT_SECONDS = 15.0


def devtools_address(driver: WebDriver, selenium_url: str | None) -> str:
    """Return the DevTools address of a Chrome: its own, or one that leads to it through a Selenium Grid.

    Args:
        driver: the browser's driver.
        selenium_url: the Selenium server of a remote browser. None: the browser is on this machine.

    Raises:
        urllib3.exceptions.HTTPError, ValueError, KeyError: the browser cannot be reached, or states no address.
    """
    server = _server(selenium_url)
    if "se:cdp" in driver.capabilities:  # the address in it is valid only inside of the Grid
        return f"{_websocket(server)}/session/{driver.session_id}/se/cdp"
    port = urlsplit(f"//{driver.capabilities['goog:chromeOptions']['debuggerAddress']}").port
    host = server.hostname if selenium_url else "127.0.0.1"
    response = urllib3.request("GET", f"http://{host}:{port}/json/version", timeout=_TIMEOUT_SECONDS, retries=False)
    path = urlsplit(response.json()["webSocketDebuggerUrl"]).path
    return f"ws://{host}:{port}{path}"


def bidi_address(driver: WebDriver, selenium_url: str | None) -> str:
    """Return the BiDi address of a Firefox: its own, or one that leads to it on or through a server.

    Args:
        driver: the browser's driver.
        selenium_url: the Selenium server of a remote browser. None: the browser is on this machine.

    Raises:
        KeyError: the browser states no address.
    """
    own = urlsplit(str(driver.capabilities["webSocketUrl"]))
    if not selenium_url:
        return own.geturl()
    server = _server(selenium_url)
    if own.path.endswith("/se/bidi"):
        return f"{_websocket(server)}/session/{driver.session_id}/se/bidi"
    return f"ws://{server.hostname}:{own.port}{own.path}"


def _server(selenium_url: str | None) -> SplitResult:
    return urlsplit(SeleniumServer.of(selenium_url or "").url)


def _websocket(server: SplitResult) -> str:
    scheme = "wss" if server.scheme == "https" else "ws"
    return f"{scheme}://{server.netloc}"
