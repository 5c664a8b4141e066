"""The request guard refuses addresses before the browser contacts them, in whatever way a page leads there.

It holds a second connection to the browser, beside the driver's, on which the browser reports each request and waits.
`devtools` implements the protocol of Chrome, `bidi` that of Firefox.
"""

import itertools
import json
import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Protocol

import websocket

from cinestream_scraper.browser.responses import DocumentResponse

Message = dict[str, Any]
Command = tuple[str, dict[str, Any]]

_TIMEOUT_SECONDS = 15.0


class DebugProtocol(Protocol):
    """The debugging protocol of a browser: the messages to send, and the state that follows from messages received.

    It does no I/O but name lookups.

    Attributes:
        refused: the reason why the page was not opened, or empty.
        crashed: True once the page's window has crashed.
        echo_command: a command without effect, whose answer shows that all earlier events have arrived. None if the
            driver itself reports responses and console.
    """

    refused: str
    crashed: bool
    echo_command: Command | None

    @property
    def responses(self) -> Iterable[DocumentResponse]:
        """The responses for the page since `begin_page`: one, or one of each page that redirected to the next."""

    @property
    def console(self) -> Iterable[str]:
        """The lines of the console since `begin_page`."""

    def setup_commands(self) -> Iterable[Command]:
        """Return the commands that make the browser ask before it sends requests."""

    def begin_page(self) -> None:
        """Forget what was observed of the page before."""

    def handle(self, message: Message) -> Command | None:
        """Update the state by an event, and return the command that answers it, if it needs one."""


class RequestGuard:
    """The guard of one browser, from its creation until the browser ends.

    Args:
        address: where the browser listens (ws://…).
        protocol: the browser's protocol.
        kill: ends the browser. Called when its page has crashed, because its driver would wait for the page forever.

    Raises:
        OSError, websocket.WebSocketException: the browser cannot be guarded.
    """

    def __init__(self, address: str, protocol: DebugProtocol, kill: Callable[[], None]) -> None:
        self.alive = True
        self._protocol, self._kill = protocol, kill
        self._ids = itertools.count(1)
        self._echo_id, self._echo_received = 0, threading.Event()
        # The thread that reads the connection answers the browser's questions at once: while one waits, so does the
        # page. So no lock is held and nothing else is done on that thread.
        self._connection = websocket.create_connection(address, timeout=_TIMEOUT_SECONDS, suppress_origin=True)
        for command in protocol.setup_commands():
            self._set_up(command)
        self._connection.settimeout(None)  # a browser without pages may send nothing for any time
        threading.Thread(target=self._watch, name="guard", daemon=True).start()

    @property
    def refused(self) -> str:
        """The reason why the page that is read was not opened, or empty."""
        return self._protocol.refused

    def begin_page(self) -> None:
        """Forget what was observed of the page before."""
        self._protocol.begin_page()

    def observed(self) -> DebugProtocol:
        """Return the state after all events that the browser has sent until now."""
        if self._protocol.echo_command is None:
            return self._protocol
        # Events arrive on their own connection, maybe later than the driver's answer. The browser answers in order:
        # when the answer to this command is here, all earlier events are, too.
        self._echo_received.clear()
        with suppress(websocket.WebSocketException, OSError):  # the browser is gone: there is nothing more to come
            self._echo_id = next(self._ids)
            self._send(self._protocol.echo_command, self._echo_id)
            self._echo_received.wait(_TIMEOUT_SECONDS)
        return self._protocol

    def close(self) -> None:
        """Stop guarding. The browser may contact any address again."""
        connection = self._connection.sock
        if connection is not None:
            with suppress(OSError):  # the browser has closed it already
                # Wakes the thread that reads. `close` alone would leave it waiting.
                connection.shutdown(socket.SHUT_RDWR)

    def _set_up(self, command: Command) -> None:
        self._send(command, id := next(self._ids))
        while (message := json.loads(self._connection.recv())).get("id") != id:
            self._receive(message)
        if "error" in message:
            self._connection.close()
            raise OSError(f"the browser rejected {command[0]} ({message['error']} {message.get('message', '')})")

    def _watch(self) -> None:
        try:
            with suppress(websocket.WebSocketException, OSError, ValueError):
                while not self._protocol.crashed:
                    self._receive(json.loads(self._connection.recv()))
                self._kill()
        finally:
            # A session without its guard reads no further page: see `BrowserSession`.
            self.alive = False
            self._echo_received.set()

    def _receive(self, message: Message) -> None:
        if message.get("id") and message["id"] == self._echo_id:
            self._echo_received.set()
        if command := self._protocol.handle(message):
            self._send(command, next(self._ids))

    def _send(self, command: Command, id: int) -> None:
        method, parameters = command
        self._connection.send(json.dumps({"id": id, "method": method, "params": parameters}))
