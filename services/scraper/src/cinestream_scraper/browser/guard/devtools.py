"""The protocol of Chrome: the domain Fetch of the Chrome DevTools Protocol, on the browser as a whole.

https://chromedevtools.github.io/devtools-protocol/tot/Fetch/

The browser asks before each document, and before each address that looks private. That costs about a millisecond per
page. To be asked before every request would cost a millisecond for each of hundreds. Requests that are no documents and
reach a private address by DNS are refused by the browser itself (Local Network Access, Chrome 142 and later).
"""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from cinestream.contracts import Invalid
from cinestream_flow.logger import get_logger
from cinestream_flow.message import message_of
from cinestream_scraper.browser.guard.request_guard import Command, Message
from cinestream_scraper.browser.responses import DocumentResponse
from cinestream_scraper.politeness.access_policy import AllowedHosts

log = get_logger("scraper")

_PRIVATE = (
    *(f"*://{start}.*" for start in ("0", "10", "100", "127", "169.254", "192.168")),
    *(f"*://172.{number}.*" for number in range(16, 32)),
    *("*://localhost*", "*://*.localhost*", "*://*.local*", "*://*.internal*", "*://[[]*"),
)
"""Patterns of addresses that may be private. They match too much: an address that is not private is let through."""


class DevToolsProtocol:
    """The commands to Chrome and the state that follows from its events.

    Args:
        main_window: the id of the window whose pages are read.
        allowed_hosts: the hosts that may be contacted.
    """

    crashed = False
    echo_command: Command | None = None
    responses: Sequence[DocumentResponse] = ()
    console: Sequence[str] = ()

    def __init__(self, main_window: str, allowed_hosts: AllowedHosts) -> None:
        self.refused: str = ""
        self._main_window, self._allowed_hosts = main_window, allowed_hosts
        self._windows = {main_window}

    def setup_commands(self) -> Iterator[Command]:
        """Return the commands that make the browser ask before it sends requests."""
        yield "Target.setDiscoverTargets", {"discover": True, "filter": [{"type": "page"}]}
        # A pattern that matches the site's own address would make the browser ask before every request to it.
        site = f"{self._allowed_hosts.site.url}/"
        private = [pattern for pattern in _PRIVATE if not fnmatchcase(site, pattern)]
        patterns = [{"urlPattern": pattern.replace("[[]", "[")} for pattern in private]
        yield "Fetch.enable", {"patterns": [{"resourceType": "Document"}, *patterns]}

    def begin_page(self) -> None:
        """Forget the refusal of the page before."""
        self.refused = ""

    def handle(self, message: Message) -> Command | None:
        """Follow the windows of the browser, and decide about a request that waits."""
        parameters = message.get("params", {})
        match message.get("method"):
            case "Target.targetCreated":
                self._windows.add(parameters["targetInfo"]["targetId"])
            case "Target.targetDestroyed":
                self._windows.discard(parameters["targetId"])
            case "Fetch.requestPaused":
                return self._decide(parameters)
        return None

    def _decide(self, paused: Message) -> Command:
        url, frame, request = paused["request"]["url"], paused.get("frameId"), {"requestId": paused["requestId"]}
        is_document = paused["resourceType"] == "Document"
        try:
            # The id of a window is that of its main frame. The document of any other frame is no page.
            self._allowed_hosts.require(url, is_page=is_document and frame in self._windows)
        except Invalid as refusal:
            log.warning("address.refused", url=url[:200], resource_type=paused["resourceType"])
            if is_document and frame == self._main_window:
                self.refused = message_of(refusal)
            return "Fetch.failRequest", request | {"errorReason": "BlockedByClient"}
        return "Fetch.continueRequest", request
