"""Requests to a Selenium server, and the number of sessions that a Selenium Grid allows."""

import math
import time
from collections.abc import Callable
from typing import Any

import anyio
import orjson
import urllib3
from urllib3.exceptions import HTTPError

from cinestream_scraper.browser.threads import in_daemon_thread
from cinestream_scraper.site import SeleniumServer

_TTL_SECONDS = 15.0
_TIMEOUT_SECONDS = 5.0


class GridCapacity:
    """The number of sessions that all nodes of a server have together, read again every 15 s.

    There is no limit where the server states none, or does not answer.
    """

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._clock = clock
        self._max_sessions = math.inf
        self._read_at = -math.inf
        self._lock = anyio.Lock()

    async def max_sessions(self) -> float:
        """Return the number of sessions, at most 15 s old. Infinity: no limit."""
        if not self._url:
            return math.inf
        async with self._lock:  # concurrent callers wait for one request
            if self._clock() - self._read_at > _TTL_SECONDS:
                self._max_sessions = await in_daemon_thread(self._read)
                self._read_at = self._clock()
            return self._max_sessions

    def _read(self) -> float:
        try:
            response = send("GET", f"{self._url.rstrip('/')}/status", timeout_seconds=_TIMEOUT_SECONDS)
            return sessions_of(orjson.loads(response.data))
        except (HTTPError, orjson.JSONDecodeError):
            return math.inf


def send(method: str, url: str, *, timeout_seconds: float) -> urllib3.BaseHTTPResponse:
    """Send a request to a Selenium server and return its response.

    Raises:
        urllib3.exceptions.HTTPError: the server does not answer.
        ValueError: the settings would not allow the address.
    """
    server = SeleniumServer.of(url)
    return urllib3.request(method, server.url, headers=server.headers, timeout=timeout_seconds, retries=False)


def sessions_of(status: Any) -> float:
    """Return how many sessions the body of `/status` allows: at least one. Pure.

    A plain driver names no nodes: then there is no limit.
    """
    try:
        nodes = status["value"]["nodes"]
        return max(1, sum(int(node["maxSessions"]) for node in nodes if node.get("availability", "UP") == "UP"))
    except (KeyError, TypeError, ValueError, AttributeError):
        return math.inf
