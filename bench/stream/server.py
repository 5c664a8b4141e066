"""A server under measurement: its process, its stream, and the way to publish events to it."""

import http.client
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TypeAlias

import anyio
from bench.processes import cpu_seconds, resident_bytes, with_children
from bench.stream.events import film

Publish: TypeAlias = Callable[[range], Awaitable[None]]
"""Publishes the events with these numbers, as fast as the server takes them."""


@dataclass(frozen=True)
class MeasuredServer:
    """A running server.

    `pid` is a process whose children count too. `ops_port` is the port of CineStream's metrics, and `broker_pid` is its
    nats-server. Both are 0 for the peers.
    """

    port: int
    path: str
    pid: int
    publish: Publish
    ops_port: int = 0
    broker_pid: int = 0

    def cpu(self) -> float:
        """Return the seconds of CPU time that the server has used."""
        return sum(map(cpu_seconds, with_children(self.pid)))

    def memory(self) -> int:
        """Return the bytes of memory that the server holds."""
        return sum(map(resident_bytes, with_children(self.pid)))


Start: TypeAlias = Callable[[], AbstractAsyncContextManager[MeasuredServer]]
"""Starts a server, and ends it at the end of the block."""


def publish_by_post(port: int) -> Publish:
    """Return a publisher that sends POST requests, one after another on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def post(numbers: range) -> None:
        for number in numbers:
            body = film(number).model_dump_json().encode()
            connection.request("POST", "/pub", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            response.read()
            if response.status >= 300:
                raise RuntimeError(f"the peer returned status {response.status}")

    async def publish(numbers: range) -> None:
        await anyio.to_thread.run_sync(post, numbers)

    return publish
