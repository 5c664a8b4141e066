"""The protocol of Firefox: WebDriver BiDi (https://w3c.github.io/webdriver-bidi/).

It uses the modules network, log, script and browsingContext. The browser asks before every request, because BiDi cannot
be limited to documents.
"""

from collections import deque
from collections.abc import Iterator
from fnmatch import fnmatchcase

from cinestream.contracts import Invalid
from cinestream_flow.logger import get_logger
from cinestream_flow.message import message_of
from cinestream_scraper.browser import scripts
from cinestream_scraper.browser.chrome import BLOCKED_ADDRESSES
from cinestream_scraper.browser.guard.request_guard import Command, Message
from cinestream_scraper.browser.responses import DocumentResponse
from cinestream_scraper.politeness.access_policy import AllowedHosts

log = get_logger("scraper")

_MAX_RESPONSES = 20
_MAX_CONSOLE_LINES = 200
_MAX_LINE_CHARACTERS = 1000
_EVENTS = (
    "network.beforeRequestSent",
    "network.responseStarted",
    "network.fetchError",
    "log.entryAdded",
    "browsingContext.contextDestroyed",
)
_REFUSED = {"statusCode": 403, "reasonPhrase": "Refused", "body": {"type": "string", "value": ""}}


class BidiProtocol:
    """The commands to Firefox and the state that follows from its events.

    Args:
        main_window: the id of the window whose pages are read.
        allowed_hosts: the hosts that may be contacted.
        block_resources: True to refuse fonts, media and trackers.
        timezone: the time zone that pages see. Empty: that of the browser's environment.
    """

    echo_command: Command | None = ("session.status", {})

    def __init__(self, main_window: str, allowed_hosts: AllowedHosts, *, block_resources: bool, timezone: str) -> None:
        self.refused: str = ""
        self.crashed = False
        self.responses: deque[DocumentResponse] = deque(maxlen=_MAX_RESPONSES)
        self.console: deque[str] = deque(maxlen=_MAX_CONSOLE_LINES)
        self._main_window, self._allowed_hosts = main_window, allowed_hosts
        self._block_resources, self._timezone = block_resources, timezone
        self._last_navigation = ""

    def setup_commands(self) -> Iterator[Command]:
        """Return the commands that make the browser ask before it sends requests."""
        yield "session.subscribe", {"events": list(_EVENTS)}
        if self._timezone:  # Firefox 140 does not know this command
            yield "emulation.setTimezoneOverride", {"timezone": self._timezone, "userContexts": ["default"]}
        yield "script.addPreloadScript", {"functionDeclaration": f"() => {{{scripts.NO_DIALOGS}}}"}
        # Last, once no other command can fail: from here on every request waits for an answer.
        yield "network.addIntercept", {"phases": ["beforeRequestSent"]}

    def begin_page(self) -> None:
        """Forget what was observed of the page before."""
        self.refused = self._last_navigation = ""
        self.responses.clear()
        self.console.clear()

    def handle(self, message: Message) -> Command | None:
        """Note responses, console lines and crashes, and decide about a request that waits."""
        parameters = message.get("params", {})
        match message.get("method"):
            case "network.beforeRequestSent" if parameters["isBlocked"]:
                return self._decide(parameters)
            case "network.responseStarted" if self._is_main_page(parameters):
                self._note_response(parameters)
            case "network.fetchError" if parameters["navigation"] == self._last_navigation:
                # Firefox shows a page that was cut off like a whole one.
                self.responses[-1] = self.responses[-1]._replace(cut=True)
            case "browsingContext.contextDestroyed":
                self.crashed |= parameters["context"] == self._main_window
            case "log.entryAdded":
                self.console.append(f"{parameters['level'].upper()} {parameters['text']}"[:_MAX_LINE_CHARACTERS])
        return None

    def _note_response(self, parameters: Message) -> None:
        response = parameters["response"]
        headers = {header["name"].lower(): header["value"].get("value", "") for header in response["headers"]}
        self.responses.append(DocumentResponse(response["url"], response["status"], headers))
        self._last_navigation = parameters["navigation"]

    def _decide(self, paused: Message) -> Command:
        details = paused["request"]
        request, url = {"request": details["request"]}, details["url"]
        if self._block_resources and any(fnmatchcase(url, pattern) for pattern in BLOCKED_ADDRESSES):
            return "network.failRequest", request
        try:
            self._allowed_hosts.require(url, is_page=details["destination"] == "document")
        except Invalid as refusal:
            kind = details["destination"] or details["initiatorType"]
            log.warning("address.refused", url=url[:200], resource_type=kind)
            if not self._is_main_page(paused):
                return "network.failRequest", request
            self.refused = message_of(refusal)
            # A response instead of a failure: after a failure the driver would wait for the page.
            return "network.provideResponse", request | _REFUSED
        return "network.continueRequest", request

    def _is_main_page(self, event: Message) -> bool:
        """Return True if the event is about the page that is read, and not about a part of it."""
        return bool(event["context"] == self._main_window and event["navigation"])
