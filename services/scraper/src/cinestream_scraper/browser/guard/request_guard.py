"""Refuses addresses that nobody allowed before they are asked, in whatever way a page leads there.

A second connection to the browser, where requests wait until they are let through; spoken is `devtools` or `bidi`.
"""

import itertools
import json
import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Protocol

import websocket

from cinestream_scraper.browser.responses import Answer

Said = dict[str, Any]
Command = tuple[str, dict[str, Any]]

_PATIENCE = 15.0


class Tongue(Protocol):
    """The protocol of a browser: what is said to it, and what follows from what it says. Does no I/O but lookups.

    `refused` is why the page was not asked for, `crashed` whether its window is gone. The `answers` for the page and
    the lines of its `console` are since `begin`. `echo` is a command that changes nothing; None where the driver tells
    both.
    """

    refused: str
    crashed: bool
    echo: Command | None

    @property
    def answers(self) -> Iterable[Answer]:
        """The answers for the page: one, or of each page that led to the next."""

    @property
    def console(self) -> Iterable[str]:
        """The lines of the console."""

    def greeting(self) -> Iterable[Command]:
        """What makes the browser ask."""

    def begin(self) -> None:
        """A new page is read: what was heard of the one before is forgotten."""

    def hear(self, said: Said) -> Command | None:
        """What to answer to an event."""


class Guard:
    """Watches one browser, from when it is made until the browser ends.

    Args:
        address: where the browser listens (ws://…).
        tongue: how it is talked with.
        kill: what ends the browser; called when its page has crashed and its driver would go on waiting for it.

    Raises:
        OSError, websocket.WebSocketException: the browser cannot be watched.
    """

    def __init__(self, address: str, tongue: Tongue, kill: Callable[[], None]) -> None:
        self.alive = True
        self._tongue, self._kill = tongue, kill
        self._numbers = itertools.count(1)
        self._echo, self._echoed = 0, threading.Event()
        self._browser = websocket.create_connection(address, timeout=_PATIENCE, suppress_origin=True)
        for command in tongue.greeting():
            self._say(command, number := next(self._numbers))
            while (said := json.loads(self._browser.recv())).get("id") != number:
                self._look(said)
            if "error" in said:
                self._browser.close()
                raise OSError(f"it refuses {command[0]} ({said['error']} {said.get('message', '')})")
        self._browser.settimeout(None)
        threading.Thread(target=self._watch, name="guard", daemon=True).start()

    @property
    def refused(self) -> str:
        """Why the page that is read was not asked for; empty if it was."""
        return self._tongue.refused

    def begin(self) -> None:
        """A new page is read: what was refused before is forgotten."""
        self._tongue.begin()

    def heard(self) -> Tongue:
        """What the browser has told of the page, all of it until now."""
        if self._tongue.echo is None:
            return self._tongue
        self._echoed.clear()
        with suppress(websocket.WebSocketException, OSError):  # the browser is gone: that is all it told
            self._echo = next(self._numbers)
            self._say(self._tongue.echo, self._echo)
            self._echoed.wait(_PATIENCE)
        return self._tongue

    def end(self) -> None:
        """Watch no more; the browser loads what it wants to again."""
        connection = self._browser.sock
        if connection is not None:
            with suppress(OSError):  # the browser was faster
                connection.shutdown(socket.SHUT_RDWR)

    def _watch(self) -> None:
        try:
            with suppress(websocket.WebSocketException, OSError, ValueError):
                while not self._tongue.crashed:
                    self._look(json.loads(self._browser.recv()))
                self._kill()
        finally:
            self.alive = False
            self._echoed.set()

    def _look(self, said: Said) -> None:
        if said.get("id") and said["id"] == self._echo:
            self._echoed.set()
        if command := self._tongue.hear(said):
            self._say(command, next(self._numbers))

    def _say(self, command: Command, number: int) -> None:
        method, parameters = command
        self._browser.send(json.dumps({"id": number, "method": method, "params": parameters}))
