"""How many sessions a Selenium Grid lets us have: asked every now and then, because its nodes come and go."""

import math
import time
from collections.abc import Callable
from typing import Any

import anyio
import orjson
import urllib3
from urllib3.exceptions import HTTPError

from cinestream_scraper.browser.threads import in_daemon_thread
from cinestream_scraper.site import Server

_KEPT = 15.0
_PATIENCE = 5.0


class Room:
    """The most sessions that all nodes of a server have together; no limit where it does not say, or is away."""

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._clock = clock
        self._most = math.inf
        self._asked_at = -math.inf
        self._lock = anyio.Lock()

    async def most(self) -> float:
        """How many, as it was within the last quarter of a minute."""
        if not self._url:
            return math.inf
        async with self._lock:  # who comes while it is asked waits for the answer
            if self._clock() - self._asked_at > _KEPT:
                self._most = await in_daemon_thread(self._ask)
                self._asked_at = self._clock()
            return self._most

    def _ask(self) -> float:
        try:
            return sessions_of(orjson.loads(ask("GET", f"{self._url.rstrip('/')}/status", wait=_PATIENCE).data))
        except (HTTPError, orjson.JSONDecodeError):
            return math.inf


def ask(method: str, url: str, *, wait: float) -> urllib3.BaseHTTPResponse:
    """Ask a Selenium server, for at most `wait` seconds.

    Raises:
        urllib3.exceptions.HTTPError: it does not answer.
        ValueError: the address is none that the settings allow.
    """
    server = Server.of(url)
    return urllib3.request(method, server.url, headers=server.headers, timeout=wait, retries=False)


def sessions_of(status: Any) -> float:
    """What the answer of `/status` allows: at least one; no limit for a driver, which names no nodes. Pure."""
    try:
        nodes = status["value"]["nodes"]
        return max(1, sum(int(node["maxSessions"]) for node in nodes if node.get("availability", "UP") == "UP"))
    except (KeyError, TypeError, ValueError, AttributeError):
        return math.inf
