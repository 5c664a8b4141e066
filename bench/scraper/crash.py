"""Crashes the tabs of browsers that others drive, by the DevTools protocol: from outside, as bad luck does."""

import json
import threading
from contextlib import suppress
from pathlib import Path

import websocket

_LOOK_EVERY = 0.05


class Crasher:
    """Crashes each page of some titles once, when a browser under a scraper's state directory opens it."""

    def __init__(self, state: Path, titles: set[str]) -> None:
        self.crashed: set[str] = set()
        self._state = state
        self._titles = titles
        self._known: set[Path] = set()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Crash no more."""
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(_LOOK_EVERY):
            for file in set(self._state.glob("*/*/tmp/*/DevToolsActivePort")) - self._known:
                with suppress(OSError, ValueError):
                    port, path = file.read_text().splitlines()[:2]
                    self._known.add(file)
                    threading.Thread(target=self._follow, args=(f"ws://127.0.0.1:{port}{path}",), daemon=True).start()

    def _follow(self, address: str) -> None:
        """Look at every address that the browser's tabs show, until it is gone."""
        with suppress(websocket.WebSocketException, OSError):
            browser = websocket.create_connection(address, suppress_origin=True, timeout=600)
            browser.send(json.dumps({"id": 1, "method": "Target.setDiscoverTargets", "params": {"discover": True}}))
            while True:
                self._look(browser, json.loads(browser.recv()))

    def _look(self, browser: websocket.WebSocket, said: dict[str, object]) -> None:
        parameters = said.get("params")
        if said.get("method") == "Target.attachedToTarget" and isinstance(parameters, dict):
            browser.send(json.dumps({"id": 3, "method": "Page.crash", "sessionId": parameters["sessionId"]}))
        if said.get("method") != "Target.targetInfoChanged" or not isinstance(parameters, dict):
            return
        target = parameters["targetInfo"]
        title = next((part for part in target["url"].split("/") if part in self._titles - self.crashed), None)
        if title and target["type"] == "page" and not self._over.is_set():
            self.crashed.add(title)
            attach = {"targetId": target["targetId"], "flatten": True}
            browser.send(json.dumps({"id": 2, "method": "Target.attachToTarget", "params": attach}))
