"""The worker pool: bounded in every way."""

import anyio
import anyio.lowlevel
import pytest

from cinestream_flow.pool import JobTimeout, PoolFull, WorkerPool

pytestmark = pytest.mark.anyio


async def test_no_more_jobs_run_than_there_are_workers() -> None:
    """The others wait, and all are done."""
    pool, most, done = WorkerPool(size=3, max_queue=100, timeout=30), 0, list[int]()

    async def job(number: int) -> None:
        nonlocal most
        most = max(most, pool.busy)
        await anyio.lowlevel.checkpoint()
        done.append(number)

    async with anyio.create_task_group() as group:
        for number in range(50):
            group.start_soon(pool.run, lambda number=number: job(number))
    assert (most, sorted(done), pool.busy, pool.queued) == (3, [*range(50)], 0, 0)


async def test_a_full_queue_rejects() -> None:
    """Whoever comes when all are busy and enough wait is told so at once; the others are served."""
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


async def test_a_job_that_takes_too_long_is_cancelled() -> None:
    """Its worker is free again; an error of the job is the job's own."""
    pool = WorkerPool(size=1, max_queue=0, timeout=0.01)
    with pytest.raises(JobTimeout, match=r"0\.01 s"):
        await pool.run(anyio.sleep_forever)
    assert pool.busy == 0

    async def fail() -> None:
        raise TimeoutError("of its own")

    with pytest.raises(TimeoutError, match="of its own"):
        await pool.run(fail)


async def test_limits_change_while_jobs_are_in_hand() -> None:
    """A larger pool takes on who waits; a smaller one lets everyone finish."""
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
