"""The limits of the worker pool."""

import anyio
import anyio.lowlevel
import pytest

from cinestream_flow.pool import JobTimeout, PoolFull, WorkerPool

pytestmark = pytest.mark.anyio


async def test_running_jobs_are_limited() -> None:
    """No more jobs run than there are workers, and all jobs finish."""
    pool, max_busy, done = WorkerPool(size=3, max_queue=100, timeout=30), 0, list[int]()

    async def job(number: int) -> None:
        nonlocal max_busy
        max_busy = max(max_busy, pool.busy)
        await anyio.lowlevel.checkpoint()
        done.append(number)

    async with anyio.create_task_group() as group:
        for number in range(50):
            group.start_soon(pool.run, lambda number=number: job(number))
    assert (max_busy, sorted(done), pool.busy, pool.queued) == (3, [*range(50)], 0, 0)


async def test_full_queue_rejects_a_job() -> None:
    """A job beyond the queue is rejected at once, and the others are run."""
    pool, go, served = WorkerPool(size=1, max_queue=1, timeout=30), anyio.Event(), list[bool]()

    async def caller() -> None:
        await pool.run(go.wait)
        served.append(True)

    async with anyio.create_task_group() as group:
        group.start_soon(caller)
        group.start_soon(caller)
        await anyio.wait_all_tasks_blocked()
        assert (pool.busy, pool.queued) == (1, 1)
        with pytest.raises(PoolFull, match="1 workers are busy"):
            await pool.run(go.wait)
        go.set()
    assert (served, pool.rejected) == ([True, True], 1)


async def test_slow_job_is_cancelled() -> None:
    """The worker is free again, and a TimeoutError of a job itself is raised unchanged."""
    pool = WorkerPool(size=1, max_queue=0, timeout=0.01)
    with pytest.raises(JobTimeout, match=r"0\.01 s"):
        await pool.run(anyio.sleep_forever)
    assert pool.busy == 0

    async def fail() -> None:
        raise TimeoutError("of its own")

    with pytest.raises(TimeoutError, match="of its own"):
        await pool.run(fail)


async def test_limits_change_while_jobs_run() -> None:
    """A larger pool starts waiting jobs, and a smaller one lets running jobs finish."""
    pool, go, done = WorkerPool(size=1, max_queue=10, timeout=30), anyio.Event(), list[bool]()

    async def caller() -> None:
        await pool.run(go.wait)
        done.append(True)

    async with anyio.create_task_group() as group:
        for _ in range(4):
            group.start_soon(caller)
        await anyio.wait_all_tasks_blocked()
        pool.configure(size=3, max_queue=10, timeout=30)
        await anyio.wait_all_tasks_blocked()
        assert (pool.busy, pool.queued) == (3, 1)
        pool.configure(size=1, max_queue=10, timeout=30)
        go.set()
    assert done == [True] * 4
