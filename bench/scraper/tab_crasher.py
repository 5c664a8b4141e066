"""Crashes of browser tabs from outside, by the DevTools protocol, while the scraper drives the browsers."""

import json
import threading
from contextlib import suppress
from pathlib import Path

import websocket

_POLL_SECONDS = 0.05


class TabCrasher:
    """Crashes each page of the given titles once, when a browser opens it.

    The browsers are those below the scraper's state directory.
    """

    def __init__(self, state: Path, titles: set[str]) -> None:
        self.crashed: set[str] = set()
        self._state = state
        self._titles = titles
        self._known: set[Path] = set()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop crashing tabs."""
        self._stopped.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopped.wait(_POLL_SECONDS):
            for file in set(self._state.glob("*/*/tmp/*/DevToolsActivePort")) - self._known:
                with suppress(OSError, ValueError):
                    port, path = file.read_text().splitlines()[:2]
                    self._known.add(file)
                    threading.Thread(target=self._follow, args=(f"ws://127.0.0.1:{port}{path}",), daemon=True).start()

    def _follow(self, address: str) -> None:
        """Watch the addresses of a browser's tabs until the browser ends."""
        with suppress(websocket.WebSocketException, OSError):
            browser = websocket.create_connection(address, suppress_origin=True, timeout=600)
            browser.send(json.dumps({"id": 1, "method": "Target.setDiscoverTargets", "params": {"discover": True}}))
            while True:
                self._handle(browser, json.loads(browser.recv()))

    def _handle(self, browser: websocket.WebSocket, message: dict[str, object]) -> None:
        parameters = message.get("params")
        if message.get("method") == "Target.attachedToTarget" and isinstance(parameters, dict):
            browser.send(json.dumps({"id": 3, "method": "Page.crash", "sessionId": parameters["sessionId"]}))
        if message.get("method") != "Target.targetInfoChanged" or not isinstance(parameters, dict):
            return
        target = parameters["targetInfo"]
        title = next((part for part in target["url"].split("/") if part in self._titles - self.crashed), None)
        if title and target["type"] == "page" and not self._stopped.is_set():
            self.crashed.add(title)
            attach = {"targetId": target["targetId"], "flatten": True}
            browser.send(json.dumps({"id": 2, "method": "Target.attachToTarget", "params": attach}))
