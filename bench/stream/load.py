"""The load client: `python -m bench.stream.load PORT PATH CLIENTS EVENTS SECONDS [LAST_EVENT_ID]`.

One epoll loop reads all streams. For every connection it counts the events and takes the time of the first.
For one connection in 20 it also checks the order of the events and measures their age.
The program prints `open` when all streams are open. After the last event, or after SECONDS, it prints one line of JSON.
With an id every client resumes after that event, and the time counts from the first connection.
"""

import json
import re
import select
import socket
import sys
import time
from dataclasses import asdict

from bench.stream.events import MARK
from bench.stream.load_process import LoadResult

_EVENT = re.compile(rb'"title":"bench (\d+) (\d+) ')
_EVENT_BYTES = 64
"""Longest text that `_EVENT` matches."""
_SAMPLE = 20
_READ_BYTES = 1 << 18


class Client:
    """One open stream."""

    def __init__(self, sock: socket.socket, *, sampled: bool) -> None:
        self.sock = sock
        self.connected_ns = time.monotonic_ns()
        self.first_ns = 0
        self.open = False
        self.count = 0
        self.ages_ns: list[int] = []
        self.in_order = True
        self._sampled = sampled
        self._tail = b""
        self._unparsed = b""
        self._last_number = 0

    def receive(self, data: bytes, now_ns: int) -> None:
        """Count the events in received data."""
        self.open = self.open or data.startswith(b"HTTP/1.1 200")
        if self._sampled:
            self._parse(data, now_ns)
        data = self._tail + data
        self.count += data.count(MARK)
        if self.count and not self.first_ns:
            self.first_ns = now_ns
        # The mark of the next event may be split between two reads.
        self._tail = data[-(len(MARK) - 1) :]

    def _parse(self, data: bytes, now_ns: int) -> None:
        data, end = self._unparsed + data, 0
        for match in _EVENT.finditer(data):
            number, end = int(match[1]), match.end()
            self.in_order = self.in_order and number == (self._last_number or number - 1) + 1
            self._last_number = number
            self.ages_ns.append(now_ns - int(match[2]))
        # The title of the next event may be split between two reads.
        self._unparsed = data[max(end, len(data) - _EVENT_BYTES) :]


class Load:
    """All clients, and the loop that reads them."""

    def __init__(self, port: int, path: str, last_event_id: str) -> None:
        resume = f"Last-Event-ID: {last_event_id}\r\n" if last_event_id else ""
        self._address = ("127.0.0.1", port)
        self._request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n{resume}\r\n".encode()
        self._poll = select.epoll()
        self.clients: dict[int, Client] = {}
        self.last_ns = 0

    def open(self, clients: int) -> None:
        """Open the streams, and read what they send meanwhile."""
        for number in range(clients):
            sock = socket.create_connection(self._address, 30)
            sock.sendall(self._request)
            sock.setblocking(False)
            self.clients[sock.fileno()] = Client(sock, sampled=number % _SAMPLE == 0)
            self._poll.register(sock.fileno(), select.EPOLLIN)
            if number % 20 == 19:
                self.read_once(0)
        while not all(client.open for client in self.clients.values()):
            self.read_once(1)

    def read_once(self, wait: float) -> None:
        """Read once from every stream with data. Wait up to `wait` seconds for the first data."""
        ready = self._poll.poll(wait)
        now_ns = time.monotonic_ns()
        for number, _ in ready:
            data = self.clients[number].sock.recv(_READ_BYTES)
            if data:
                self.clients[number].receive(data, now_ns)
            else:
                self._poll.unregister(number)
        self.last_ns = time.monotonic_ns() if ready else self.last_ns

    def read(self, events: int, seconds: float) -> None:
        """Read until every client has all events, or for so many seconds."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.delivered < events * len(self.clients):
            self.read_once(0.2)

    @property
    def delivered(self) -> int:
        """Events received by all clients together."""
        return sum(client.count for client in self.clients.values())

    def result(self, events: int, started_ns: int) -> LoadResult:
        """Return the measurements. `started_ns` is the start of the delivery."""
        clients = list(self.clients.values())
        ages_ns = [age for client in clients for age in client.ages_ns]
        waits_ns = [client.first_ns - client.connected_ns for client in clients if client.first_ns]
        return LoadResult(
            delivered=self.delivered,
            complete=sum(client.count == events for client in clients),
            in_order=all(client.in_order for client in clients),
            p50_ms=_percentile_ms(ages_ns, 50),
            p99_ms=_percentile_ms(ages_ns, 99),
            first_ms=_percentile_ms(waits_ns, 50),
            seconds=(self.last_ns - started_ns) / 1e9,
        )


def _percentile_ms(values_ns: list[int], percent: int) -> float:
    return sorted(values_ns)[len(values_ns) * percent // 100] / 1e6 if values_ns else 0.0


def main() -> None:
    """Run the command line."""
    port, path, number, events, seconds, *rest = sys.argv[1:]
    last_event_id = rest[0] if rest else ""
    load = Load(int(port), path, last_event_id)
    started_ns = time.monotonic_ns()
    load.open(int(number))
    print("open", flush=True)
    load.read(int(events), float(seconds))
    if not last_event_id:
        started_ns = min((client.first_ns for client in load.clients.values() if client.first_ns), default=load.last_ns)
    print(json.dumps(asdict(load.result(int(events), started_ns))), flush=True)


if __name__ == "__main__":
    main()
