"""The load client: `python -m bench.stream.load PORT PATH CLIENTS EVENTS SECONDS [LAST_EVENT_ID]`.

One epoll loop that only counts: for every connection the events that came and when the first did, and for one in
20 also their order and their age. Says `open` when all streams are, and at the end, or after so many seconds, one
line of JSON. With an id every client resumes after it, and the time counts from the first connection.
"""

import json
import re
import select
import socket
import sys
import time

from bench.stream.events import MARK

_EVENT = re.compile(rb'"title":"bench (\d+) (\d+) ')
_SAMPLE = 20
_READ = 1 << 18


class Client:
    """One open stream."""

    def __init__(self, sock: socket.socket, *, sampled: bool) -> None:
        self.sock = sock
        self.asked = time.monotonic_ns()
        self.first = 0
        self.open = False
        self.count = 0
        self.ages: list[int] = []
        self.in_order = True
        self._rest = b""
        self._sampled = sampled
        self._unread = b""
        self._last = 0

    def take(self, data: bytes, now: int) -> None:
        """Count the events in what has come."""
        self.open = self.open or data.startswith(b"HTTP/1.1 200")
        if self._sampled:
            self._look(data, now)
        data = self._rest + data
        self.count += data.count(MARK)
        if self.count and not self.first:
            self.first = now
        self._rest = data[-(len(MARK) - 1) :]  # a mark may be cut in two

    def _look(self, data: bytes, now: int) -> None:
        data, end = self._unread + data, 0
        for match in _EVENT.finditer(data):
            number, end = int(match[1]), match.end()
            self.in_order = self.in_order and number == (self._last or number - 1) + 1
            self._last = number
            self.ages.append(now - int(match[2]))
        self._unread = data[max(end, len(data) - 64) :]  # and so may a title


class Load:
    """All clients, and the loop that reads them."""

    def __init__(self, port: int, path: str, last_event_id: str) -> None:
        resume = f"Last-Event-ID: {last_event_id}\r\n" if last_event_id else ""
        self._address = ("127.0.0.1", port)
        self._request = f"GET {path} HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\n{resume}\r\n".encode()
        self._poll = select.epoll()
        self.clients: dict[int, Client] = {}
        self.last = 0

    def open(self, clients: int) -> None:
        """Open the streams, reading what already comes."""
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
        """Read from everybody who has something."""
        got = self._poll.poll(wait)
        now = time.monotonic_ns()
        for number, _ in got:
            data = self.clients[number].sock.recv(_READ)
            if data:
                self.clients[number].take(data, now)
            else:
                self._poll.unregister(number)
        self.last = time.monotonic_ns() if got else self.last

    def read(self, events: int, seconds: float) -> None:
        """Read until everybody has all events."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.delivered < events * len(self.clients):
            self.read_once(0.2)

    @property
    def delivered(self) -> int:
        """How many events have come, to all clients."""
        return sum(client.count for client in self.clients.values())


def _percentile(values: list[int], percent: int) -> float:
    """In milliseconds, of nanoseconds."""
    return sorted(values)[len(values) * percent // 100] / 1e6 if values else 0.0


def main() -> None:
    """The command."""
    port, path, number, events, seconds, *rest = sys.argv[1:]
    load = Load(int(port), path, rest[0] if rest else "")
    started = time.monotonic_ns()
    load.open(int(number))
    print("open", flush=True)
    load.read(int(events), float(seconds))
    clients = list(load.clients.values())
    if not rest:
        started = min((client.first for client in clients if client.first), default=load.last)
    ages = [age for client in clients for age in client.ages]
    waits = [client.first - client.asked for client in clients if client.first]
    result = {
        "delivered": load.delivered,
        "complete": sum(client.count == int(events) for client in clients),
        "in_order": all(client.in_order for client in clients),
        "p50_ms": _percentile(ages, 50),
        "p99_ms": _percentile(ages, 99),
        "first_ms": _percentile(waits, 50),
        "seconds": (load.last - started) / 1e9,
    }
    print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
