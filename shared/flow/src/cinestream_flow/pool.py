"""A worker pool with a bounded queue and a time limit for each job."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import anyio

from cinestream_flow.errors import Transient
from cinestream_flow.message import Message

T = TypeVar("T")


class PoolFull(Transient):
    """All workers are busy and the queue is full."""


class JobTimeout(Transient):
    """A job exceeded its time limit and was cancelled."""


class WorkerPool:
    """A limit of concurrent jobs. Jobs run in the tasks of their callers, in the order of the calls.

    Args:
        size: Number of jobs that run at the same time.
        max_queue: Number of jobs that may wait for a worker. More jobs are rejected.
        timeout: Seconds that a job may run, without the time in the queue. None means no limit.

    Attributes:
        rejected: Number of jobs that were rejected.
    """

    def __init__(self, *, size: int, max_queue: int, timeout: float | None) -> None:
        self.rejected = 0
        self._workers = anyio.CapacityLimiter(size)
        self._max_queue, self._timeout = max_queue, timeout

    def configure(self, *, size: int, max_queue: int, timeout: float | None) -> None:
        """Change the limits. Running jobs end under the old limits, and a smaller pool shrinks as they end."""
        self._workers.total_tokens = size
        self._max_queue, self._timeout = max_queue, timeout

    @property
    def size(self) -> int:
        """Number of workers."""
        return int(self._workers.total_tokens)

    @property
    def busy(self) -> int:
        """Number of running jobs."""
        return int(self._workers.borrowed_tokens)

    @property
    def queued(self) -> int:
        """Number of jobs that wait for a worker."""
        return self._workers.statistics().tasks_waiting

    async def run(self, job: Callable[[], Awaitable[T]]) -> T:
        """Run a job and return its result.

        Raises:
            PoolFull: The queue is full, and the job was not started.
            JobTimeout: The job was cancelled at its time limit.
        """
        async with self.worker():
            return await self.timed(job)

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[None]:
        """Hold a worker for the length of a block.

        Raises:
            PoolFull: All workers are busy and the queue is full.
        """
        if self._workers.available_tokens <= 0 and self.queued >= self._max_queue:
            self.rejected += 1
            raise PoolFull(
                Message(
                    "{size} workers are busy and {count} jobs wait: ask for less at once",
                    size=self.size,
                    count=self.queued,
                )
            )
        # CapacityLimiter allows one token per borrower. A task may run several jobs, so each job is its own borrower.
        borrower = object()
        await self._workers.acquire_on_behalf_of(borrower)
        try:
            yield
        finally:
            self._workers.release_on_behalf_of(borrower)

    async def timed(self, job: Callable[[], Awaitable[T]]) -> T:
        """Run a job with the pool's time limit, but without a worker, and return its result.

        Raises:
            JobTimeout: The job was cancelled at its time limit.
        """
        timeout = self._timeout
        # Not `fail_after`: its TimeoutError could not be told from one that the job raises itself.
        with anyio.move_on_after(timeout):
            return await job()
        raise JobTimeout(Message("a request took longer than {seconds:g} s", seconds=timeout))
