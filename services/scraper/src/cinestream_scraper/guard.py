"""Refuses addresses that nobody allowed before they are asked, in whatever way a page leads there.

A second connection to the browser, by the Chrome DevTools protocol (domain Fetch): every document, and whatever is at
a private address, waits there until it is let through. That costs about a millisecond a page, where looking at every
request would cost one for each of hundreds.
"""

import json
import socket
import threading
from contextlib import suppress
from fnmatch import fnmatchcase
from typing import Any

import structlog
import websocket

from cinestream_scraper.targets import Site

log = structlog.get_logger("scraper")

_PATIENCE = 15.0
_PRIVATE = (
    *(f"*://{start}.*" for start in ("0", "10", "100", "127", "169.254", "192.168")),
    *(f"*://172.{number}.*" for number in range(16, 32)),
    *("*://localhost*", "*://*.localhost*", "*://*.local*", "*://*.internal*", "*://[[]*"),
)
"""What may be a private address. An address that is none is let through, so that these may match too much."""


class Guard:
    """Watches one browser, from when it is made until the browser ends.

    Args:
        address: the browser's DevTools address (ws://…).
        main: the id of the window whose pages are read.
        site: who may answer.

    Raises:
        OSError, websocket.WebSocketException: the browser cannot be watched.
    """

    def __init__(self, address: str, main: str, site: Site) -> None:
        self.refused = ""
        self.alive = True
        self._main, self._site = main, site
        self._windows = {main}
        self._number = 0
        self._browser = websocket.create_connection(address, timeout=_PATIENCE, suppress_origin=True)
        self._say("Target.setDiscoverTargets", discover=True, filter=[{"type": "page"}])
        # What matches the site's own address would be every request of a site at a private one.
        private = [pattern for pattern in _PRIVATE if not fnmatchcase(f"{site.url}/", pattern)]
        patterns = [{"urlPattern": pattern.replace("[[]", "[")} for pattern in private]
        enabled = self._say("Fetch.enable", patterns=[{"resourceType": "Document"}, *patterns])
        while (said := json.loads(self._browser.recv())).get("id") != enabled:
            self._look(said)
        if "error" in said:
            raise OSError(f"the browser cannot be watched: {said['error']}")
        self._browser.settimeout(None)
        threading.Thread(target=self._watch, name="guard", daemon=True).start()

    def begin(self) -> None:
        """A new page is read: what was refused before is forgotten."""
        self.refused = ""

    def end(self) -> None:
        """Watch no more; the browser loads what it wants to again."""
        connection = self._browser.sock
        if connection is not None:
            with suppress(OSError):  # the browser was faster
                connection.shutdown(socket.SHUT_RDWR)

    def _watch(self) -> None:
        try:
            with suppress(websocket.WebSocketException, OSError, ValueError):
                while True:
                    self._look(json.loads(self._browser.recv()))
        finally:
            self.alive = False

    def _look(self, said: dict[str, Any]) -> None:
        parameters = said.get("params", {})
        if said.get("method") == "Target.targetCreated":
            self._windows.add(parameters["targetInfo"]["targetId"])
        elif said.get("method") == "Target.targetDestroyed":
            self._windows.discard(parameters["targetId"])
        elif said.get("method") == "Fetch.requestPaused":
            self._decide(parameters)

    def _decide(self, paused: dict[str, Any]) -> None:
        url, frame = paused["request"]["url"], paused.get("frameId")
        if self._allows(url, is_page=paused["resourceType"] == "Document" and frame in self._windows):
            self._say("Fetch.continueRequest", requestId=paused["requestId"])
            return
        log.warning("address.refused", url=url[:200], by=paused["resourceType"])
        if frame == self._main and paused["resourceType"] == "Document":
            self.refused = url
        self._say("Fetch.failRequest", requestId=paused["requestId"], errorReason="BlockedByClient")

    def _allows(self, url: str, *, is_page: bool) -> bool:
        return self._site.allows(url) or (not is_page and self._site.is_public(url))

    def _say(self, method: str, **parameters: object) -> int:
        self._number += 1
        self._browser.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        return self._number
