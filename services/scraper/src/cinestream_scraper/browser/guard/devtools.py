"""Watching Chrome: the Chrome DevTools protocol, domain Fetch, on the browser itself.

Every document, and whatever may be at a private address by its name, waits there until it is let through. That costs
about a millisecond a page, where looking at every request would cost one for each of hundreds. What leads to a private
address by DNS and is no document the browser refuses itself (Local Network Access, Chrome 142 and later).
"""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

import structlog

from cinestream.contracts import Invalid
from cinestream_scraper.browser.guard.request_guard import Command, Said
from cinestream_scraper.browser.responses import Answer
from cinestream_scraper.politeness.access_policy import Leave

log = structlog.get_logger("scraper")

_PRIVATE = (
    *(f"*://{start}.*" for start in ("0", "10", "100", "127", "169.254", "192.168")),
    *(f"*://172.{number}.*" for number in range(16, 32)),
    *("*://localhost*", "*://*.localhost*", "*://*.local*", "*://*.internal*", "*://[[]*"),
)
"""What may be a private address. An address that is none is let through, so that these may match too much."""


class DevTools:
    """What is said to Chrome, and what follows from what it says.

    Args:
        main: the id of the window whose pages are read.
        leave: who may be asked.
    """

    crashed = False
    echo: Command | None = None
    answers: Sequence[Answer] = ()
    console: Sequence[str] = ()

    def __init__(self, main: str, leave: Leave) -> None:
        self.refused = ""
        self._main, self._leave = main, leave
        self._windows = {main}

    def greeting(self) -> Iterator[Command]:
        """What makes the browser ask."""
        yield "Target.setDiscoverTargets", {"discover": True, "filter": [{"type": "page"}]}
        # What matches the site's own address would be every request of a site at a private one.
        private = [pattern for pattern in _PRIVATE if not fnmatchcase(f"{self._leave.site.url}/", pattern)]
        patterns = [{"urlPattern": pattern.replace("[[]", "[")} for pattern in private]
        yield "Fetch.enable", {"patterns": [{"resourceType": "Document"}, *patterns]}

    def begin(self) -> None:
        """A new page is read: what was refused before is forgotten."""
        self.refused = ""

    def hear(self, said: Said) -> Command | None:
        """What to answer to an event."""
        parameters = said.get("params", {})
        if said.get("method") == "Target.targetCreated":
            self._windows.add(parameters["targetInfo"]["targetId"])
        elif said.get("method") == "Target.targetDestroyed":
            self._windows.discard(parameters["targetId"])
        elif said.get("method") == "Fetch.requestPaused":
            return self._decide(parameters)
        return None

    def _decide(self, paused: Said) -> Command:
        url, frame, request = paused["request"]["url"], paused.get("frameId"), {"requestId": paused["requestId"]}
        document = paused["resourceType"] == "Document"
        try:
            self._leave.require(url, is_page=document and frame in self._windows)
        except Invalid as refusal:
            log.warning("address.refused", url=url[:200], by=paused["resourceType"])
            if document and frame == self._main:
                self.refused = str(refusal)
            return "Fetch.failRequest", request | {"errorReason": "BlockedByClient"}
        return "Fetch.continueRequest", request
