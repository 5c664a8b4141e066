"""The process of the load client (`bench.stream.load`), and its result."""

import asyncio
import json
import sys
from dataclasses import dataclass

from bench.stream.server import MeasuredServer

_TIMEOUT_SECONDS = 120


@dataclass(frozen=True)
class LoadResult:
    """Measurements of all clients together.

    `complete` counts the clients that got every event. Latencies and order are those of a sample of the clients.
    `first_ms` is the median of the time until the first event. `seconds` is the duration of the delivery.
    """

    delivered: int
    complete: int
    in_order: bool
    p50_ms: float
    p99_ms: float
    first_ms: float
    seconds: float


class LoadProcess:
    """A process with many clients of one server."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, server: MeasuredServer, clients: int, events: int, last_event_id: str = "") -> "LoadProcess":
        """Start so many clients, each of which waits for so many events. With an id, each client resumes after it."""
        arguments = [str(server.port), server.path, str(clients), str(events), str(_TIMEOUT_SECONDS), last_event_id]
        command = [sys.executable, "-m", "bench.stream.load", *arguments]
        return cls(await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE))

    async def wait_open(self) -> None:
        """Wait until all streams are open."""
        assert self._process.stdout
        await self._process.stdout.readline()

    async def result(self) -> LoadResult:
        """Wait for the last event, and return the result. Call `wait_open` before."""
        assert self._process.stdout
        return LoadResult(**json.loads(await self._process.stdout.readline()))

    async def wait(self) -> None:
        """Wait for the end of the process."""
        await self._process.wait()
