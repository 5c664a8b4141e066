"""A client of the stream for whole runs, which resumes after each disconnect."""

import contextlib
import http.client
import threading
from urllib.parse import urlsplit

from tests.stream_api.sse import Event, Reader


class ResumingClient(threading.Thread):
    """A thread that reads a stream until `stop`. It reconnects with Last-Event-ID whenever the connection ends."""

    def __init__(self, url: str, query: str = "last_event_id=earliest") -> None:
        super().__init__(daemon=True)
        self.events: list[Event] = []
        self.connections = 0
        self._last_id = ""
        self._parts = urlsplit(url)
        self._query = query
        self._stop = threading.Event()
        self._connection: http.client.HTTPConnection | None = None

    @property
    def movies(self) -> list[Event]:
        """The films received so far, in order."""
        return [event for event in self.events if event.name == "movie"]

    def run(self) -> None:
        """Connect, read, reconnect."""
        while not self._stop.is_set():
            # Connections that break, or that `stop` closes, are expected.
            with contextlib.suppress(OSError, http.client.HTTPException, AttributeError):
                self._read()
            self._stop.wait(0.05)

    def stop(self) -> None:
        """Stop reading."""
        self._stop.set()
        if self._connection and self._connection.sock:
            self._connection.sock.close()

    def _read(self) -> None:
        self._connection = http.client.HTTPConnection(self._parts.hostname or "", self._parts.port, timeout=30)
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": self._last_id} if self._last_id else {})
        self._connection.request("GET", f"/api/movies/stream?{self._query}", headers=headers)
        response = self._connection.getresponse()
        assert response.status == 200, response.status
        self.connections += 1
        reader = Reader(last_id=self._last_id)
        while line := response.readline():
            self.events += [event for event in reader.feed(line) if event.name != ":"]
            self._last_id = reader.last_id
