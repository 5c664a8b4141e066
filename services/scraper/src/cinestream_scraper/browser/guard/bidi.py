"""Watching Firefox by WebDriver BiDi (https://w3c.github.io/webdriver-bidi/): network, log, script, browsingContext.

Every request waits there until it is let through, because BiDi cannot ask for documents alone.
"""

from collections import deque
from collections.abc import Iterator
from fnmatch import fnmatchcase

import structlog

from cinestream.contracts import Invalid
from cinestream_scraper.browser import scripts
from cinestream_scraper.browser.chrome import BLOCKED
from cinestream_scraper.browser.guard.request_guard import Command, Said
from cinestream_scraper.browser.responses import Answer
from cinestream_scraper.politeness.access_policy import Leave

log = structlog.get_logger("scraper")

_MOST_ANSWERS = 20
_MOST_LINES = 200
_MOST_CHARACTERS = 1000
_EVENTS = (
    "network.beforeRequestSent",
    "network.responseStarted",
    "network.fetchError",
    "log.entryAdded",
    "browsingContext.contextDestroyed",
)
_NOTHING = {"statusCode": 403, "reasonPhrase": "Refused", "body": {"type": "string", "value": ""}}


class BiDi:
    """What is said to Firefox, and what follows from what it says.

    Args:
        main: the id of the window whose pages are read.
        leave: who may be asked.
        block: whether fonts, media and trackers are refused.
        timezone: that the browser shall say it is in; empty: the one of its environment.
    """

    echo: Command | None = ("session.status", {})

    def __init__(self, main: str, leave: Leave, *, block: bool, timezone: str) -> None:
        self.refused = ""
        self.crashed = False
        self.answers: deque[Answer] = deque(maxlen=_MOST_ANSWERS)
        self.console: deque[str] = deque(maxlen=_MOST_LINES)
        self._main, self._leave, self._block, self._timezone = main, leave, block, timezone
        self._answered = ""

    def greeting(self) -> Iterator[Command]:
        """What makes the browser ask."""
        yield "session.subscribe", {"events": list(_EVENTS)}
        if self._timezone:  # Firefox 140 does not know it
            yield "emulation.setTimezoneOverride", {"timezone": self._timezone, "userContexts": ["default"]}
        yield "script.addPreloadScript", {"functionDeclaration": f"() => {{{scripts.NO_BOXES}}}"}
        yield "network.addIntercept", {"phases": ["beforeRequestSent"]}  # once nothing more can be refused

    def begin(self) -> None:
        """A new page is read: what was heard of the one before is forgotten."""
        self.refused = self._answered = ""
        self.answers.clear()
        self.console.clear()

    def hear(self, said: Said) -> Command | None:
        """What to answer to an event."""
        parameters = said.get("params", {})
        if said.get("method") == "network.beforeRequestSent" and parameters["isBlocked"]:
            return self._decide(parameters)
        if said.get("method") == "network.responseStarted" and self._is_main(parameters):
            response = parameters["response"]
            headers = {header["name"].lower(): header["value"].get("value", "") for header in response["headers"]}
            self.answers.append(Answer(response["url"], response["status"], headers))
            self._answered = parameters["navigation"]
        elif said.get("method") == "network.fetchError" and parameters["navigation"] == self._answered:
            # Firefox takes a page that was cut off for a whole one.
            self.answers[-1] = self.answers[-1]._replace(cut=True)
        elif said.get("method") == "browsingContext.contextDestroyed":
            self.crashed |= parameters["context"] == self._main
        elif said.get("method") == "log.entryAdded":
            self.console.append(f"{parameters['level'].upper()} {parameters['text']}"[:_MOST_CHARACTERS])
        return None

    def _decide(self, paused: Said) -> Command:
        asked = paused["request"]
        request, url = {"request": asked["request"]}, asked["url"]
        if self._block and any(fnmatchcase(url, pattern) for pattern in BLOCKED):
            return "network.failRequest", request
        try:
            self._leave.require(url, is_page=asked["destination"] == "document")
        except Invalid as refusal:
            log.warning("address.refused", url=url[:200], by=asked["destination"] or asked["initiatorType"])
            if not self._is_main(paused):
                return "network.failRequest", request
            self.refused = str(refusal)
            return "network.provideResponse", request | _NOTHING  # after a failure WebDriver waits for the page
        return "network.continueRequest", request

    def _is_main(self, event: Said) -> bool:
        """Whether it is about the page that is read."""
        return bool(event["context"] == self._main and event["navigation"])
