"""SSE clients of the tests: a plain one that resumes, written from the specification and nothing of ours."""

import contextlib
import http.client
import json
import threading
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass
class Event:
    """One event as the HTML specification says that a client sees it."""

    id: str
    event: str
    data: str

    @property
    def json(self) -> Any:
        """The data, read as JSON."""
        return json.loads(self.data)


class ResumingClient(threading.Thread):
    """Reads a stream until stopped; reconnects with Last-Event-ID whenever the connection ends.

    https://html.spec.whatwg.org/multipage/server-sent-events.html
    """

    def __init__(self, url: str, query: str = "last_event_id=earliest") -> None:
        super().__init__(daemon=True)
        self.events: list[Event] = []
        self.connections = 0
        self.last_id = ""
        self._parts = urlsplit(url)
        self._query = query
        self._stop = threading.Event()
        self._connection: http.client.HTTPConnection | None = None

    @property
    def movies(self) -> list[Event]:
        """The films that came, in order."""
        return [event for event in self.events if event.event == "movie"]

    def run(self) -> None:
        """Connect, read, reconnect."""
        while not self._stop.is_set():
            # A connection that ends in the middle, or that `stop` closed, is what this client is for.
            with contextlib.suppress(OSError, http.client.HTTPException, AttributeError):
                self._read()
            self._stop.wait(0.05)

    def stop(self) -> None:
        """End reading."""
        self._stop.set()
        if self._connection and self._connection.sock:
            self._connection.sock.close()

    def _read(self) -> None:
        self._connection = http.client.HTTPConnection(self._parts.hostname or "", self._parts.port, timeout=30)
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": self.last_id} if self.last_id else {})
        self._connection.request("GET", f"/api/movies/stream?{self._query}", headers=headers)
        response = self._connection.getresponse()
        assert response.status == 200, response.status
        self.connections += 1
        id, name, data = self.last_id, "message", list[str]()
        while line := response.readline():
            text = line.decode().rstrip("\r\n")
            if not text:
                self.last_id = id
                if data:
                    self.events.append(Event(id, name, "\n".join(data)))
                name, data = "message", []
                continue
            field, _, value = text.partition(":")
            value = value.removeprefix(" ")
            if field == "id":
                id = value
            elif field == "event":
                name = value
            elif field == "data":
                data.append(value)
