"""A worker pool: so many jobs at once, so many that wait, and a limit to how long each may take."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import anyio

from cinestream_flow.errors import Transient

T = TypeVar("T")


class PoolFull(Transient):
    """Rejected: all workers are busy and the queue is full."""


class JobTimeout(Transient):
    """A job took longer than a job may take, and was cancelled."""


class WorkerPool:
    """At most `size` jobs at once; they run in the tasks of their callers, first come, first served.

    Args:
        size: jobs at once.
        max_queue: jobs that may wait for a worker; more are rejected.
        timeout: seconds that a job may take, waiting not included; None for no limit.
    """

    def __init__(self, *, size: int, max_queue: int, timeout: float | None) -> None:
        self.rejected = 0
        self._workers = anyio.CapacityLimiter(size)
        self._max_queue, self._timeout = max_queue, timeout

    def configure(self, *, size: int, max_queue: int, timeout: float | None) -> None:
        """Other limits from now on. Jobs in hand end under the old ones; a smaller pool shrinks as they do."""
        self._workers.total_tokens = size
        self._max_queue, self._timeout = max_queue, timeout

    @property
    def size(self) -> int:
        """Workers."""
        return int(self._workers.total_tokens)

    @property
    def busy(self) -> int:
        """Jobs in hand."""
        return int(self._workers.borrowed_tokens)

    @property
    def queued(self) -> int:
        """Jobs that wait for a worker."""
        return self._workers.statistics().tasks_waiting

    async def run(self, job: Callable[[], Awaitable[T]]) -> T:
        """What the job returns; raises PoolFull without calling it, JobTimeout when it took too long."""
        async with self.worker():
            return await self.timed(job)

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[None]:
        """A worker, once it is one's turn; raises PoolFull."""
        if self._workers.available_tokens <= 0 and self.queued >= self._max_queue:
            self.rejected += 1
            raise PoolFull(f"{self.size} workers are busy and {self.queued} jobs wait: ask for less at once")
        worker = object()  # a task may have several jobs
        await self._workers.acquire_on_behalf_of(worker)
        try:
            yield
        finally:
            self._workers.release_on_behalf_of(worker)

    async def timed(self, job: Callable[[], Awaitable[T]]) -> T:
        """What the job returns, within the time that a job may take; raises JobTimeout."""
        timeout = self._timeout
        with anyio.move_on_after(timeout):
            return await job()
        raise JobTimeout(f"a request took longer than {timeout:g} s")
