"""A server that is measured: its process, where it streams, how an event gets into it, and what it costs."""

import contextlib
import http.client
import os
import socket
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import anyio
from bench.stream.events import film

_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")

Publish: TypeAlias = Callable[[range], Awaitable[None]]


@dataclass(frozen=True)
class Server:
    """A running server. `publish` sends the events with these numbers, as fast as it can.

    `ops` is the port of our metrics, `broker` the process behind ours; 0 where there is none.
    """

    port: int
    path: str
    pid: int
    publish: Publish
    ops: int = 0
    broker: int = 0

    def cpu(self) -> float:
        """Seconds of CPU that it has used."""
        return cpu_of(self.pid)

    def memory(self) -> int:
        """Bytes of memory that it holds."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * _PAGE


Start: TypeAlias = Callable[[], AbstractAsyncContextManager[Server]]


def cpu_of(pid: int) -> float:
    """Seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def free_port() -> int:
    """A port that nothing listens on at this moment."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextlib.contextmanager
def running(*command: str, port: int, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command until the block ends, from when its port answers."""
    process = subprocess.Popen(command, env=os.environ | environment)
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), 0.2).close()
                break
            except OSError:
                time.sleep(0.02)
        else:
            raise RuntimeError(f"{command[0]} did not start")
        yield process
    finally:
        process.terminate()
        process.wait(20)


def posting(port: int) -> Publish:
    """Publish by POST requests, one after another on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def post(numbers: range) -> None:
        for number in numbers:
            body = film(number).model_dump_json().encode()
            connection.request("POST", "/pub", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            if answer.status >= 300:
                raise RuntimeError(f"the peer answered {answer.status}")

    async def publish(numbers: range) -> None:
        await anyio.to_thread.run_sync(post, numbers)

    return publish
