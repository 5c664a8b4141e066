"""The load client: `python -m bench.stream.load PORT PATH CLIENTS EVENTS SECONDS`.

One epoll loop that only counts: for every connection the events that came, and for one in 50 also their order
and their age. Says `open` when all streams are, and at the end, or after so many seconds, one line of JSON.
"""

import json
import re
import select
import socket
import sys
import time

from bench.stream.events import MARK

_EVENT = re.compile(rb'"title":"bench (\d+) (\d+) ')
_SAMPLE = 50


class Client:
    """One open stream."""

    def __init__(self, sock: socket.socket, *, sampled: bool) -> None:
        self.sock = sock
        self.count = 0
        self.ages: list[int] = []
        self.in_order = True
        self._rest = b""
        self._sampled = sampled
        self._unread = b""
        self._last = 0

    def take(self, data: bytes, now: int) -> None:
        """Count the events in what has come."""
        if self._sampled:
            self._look(data, now)
        data = self._rest + data
        self.count += data.count(MARK)
        self._rest = data[-(len(MARK) - 1) :]  # a mark may be cut in two

    def _look(self, data: bytes, now: int) -> None:
        data, end = self._unread + data, 0
        for match in _EVENT.finditer(data):
            number, end = int(match[1]), match.end()
            self.in_order = self.in_order and number == self._last + 1
            self._last = number
            self.ages.append(now - int(match[2]))
        self._unread = data[max(end, len(data) - 64) :]  # and so may a title


def connect(port: int, path: str, clients: int) -> dict[int, Client]:
    """Open the streams, a hundred at a time."""
    request = f"GET {path} HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\n\r\n".encode()
    found: dict[int, Client] = {}
    for number in range(clients):
        sock = socket.create_connection(("127.0.0.1", port), 30)
        sock.sendall(request)
        found[sock.fileno()] = Client(sock, sampled=number % _SAMPLE == 0)
        if number % 100 == 99 or number == clients - 1:
            assert sock.recv(65536).startswith(b"HTTP/1.1 200")
    for client in found.values():
        client.sock.setblocking(False)
    return found


def read(clients: dict[int, Client], events: int, seconds: float) -> float:
    """Read until everybody has all events; returns the seconds from the first to the last byte."""
    poll = select.epoll()
    for number in clients:
        poll.register(number, select.EPOLLIN)
    wanted, first, now = len(clients) * events, 0, time.monotonic_ns()
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        got = poll.poll(0.2)
        now = time.monotonic_ns()
        first = first or (now if got else 0)
        for number, _ in got:
            client = clients[number]
            try:
                data = client.sock.recv(1 << 18)
            except BlockingIOError:
                continue
            if not data:
                poll.unregister(number)
            client.take(data, now)
        if sum(client.count for client in clients.values()) >= wanted:
            break
    return (now - first) / 1e9


def main() -> None:
    """The command."""
    port, path, number, events, seconds = sys.argv[1:]
    clients = connect(int(port), path, int(number))
    print("open", flush=True)
    took = read(clients, int(events), float(seconds))
    ages = sorted(age for client in clients.values() for age in client.ages) or [0]
    counts = [client.count for client in clients.values()]
    result = {
        "delivered": sum(counts),
        "complete": sum(count == int(events) for count in counts),
        "in_order": all(client.in_order for client in clients.values()),
        "p50_ms": ages[len(ages) // 2] / 1e6,
        "p99_ms": ages[len(ages) * 99 // 100] / 1e6,
        "seconds": took,
    }
    print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
