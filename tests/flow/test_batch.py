"""Batches of operations with results, limits and fail-fast."""

from collections.abc import Iterator

import anyio
import pytest

from cinestream_flow.batch import BatchFailed, BatchPolicy, Operation, Result, run_batch
from cinestream_flow.errors import Transient
from cinestream_flow.retry import RetryPolicy

pytestmark = pytest.mark.anyio
FAST = RetryPolicy(max_attempts=5, initial_delay=0.001, max_delay=0.002)


async def one() -> int:
    """Return a result."""
    return 1


async def bad() -> int:
    """Fail at every attempt."""
    raise ValueError("bad")


class Flaky:
    """A call that succeeds at its third attempt."""

    calls = 0

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def __call__(self) -> int:
        self.calls += 1
        if self.calls < 3:
            raise self.error
        return self.calls


async def test_each_operation_has_a_result() -> None:
    """A result has data or an error, the seconds and the attempts, and no operation affects another one."""
    found: dict[str, Result[int]] = {}

    async def flush(results: list[Result[int]]) -> None:
        found.update({result.name: result for result in results})

    operations = [
        Operation("good", one),
        Operation("bad", bad, FAST),
        Operation("flaky", Flaky(Transient("later")), FAST),
        Operation("odd", Flaky(KeyError("x")), FAST, retryable=lambda error: isinstance(error, KeyError)),
        Operation("not tried again", Flaky(Transient("later")), FAST, retryable=lambda error: False),
    ]
    assert await run_batch(operations, flush) == 5
    results = {name: (result.data, type(result.error), result.attempts) for name, result in found.items()}
    assert results == {
        "good": (1, type(None), 1),
        "bad": (None, ValueError, 1),
        "flaky": (3, type(None), 3),
        "odd": (3, type(None), 3),
        "not tried again": (None, Transient, 1),
    }
    assert found["flaky"].seconds > 0


async def test_slow_flush_stops_the_source() -> None:
    """Operations are taken only when a worker is free, and results are handed over in portions."""
    taken, handed = 0, list[int]()

    def source() -> Iterator[Operation[int]]:
        nonlocal taken
        for number in range(100):
            taken += 1
            yield Operation(str(number), one)

    async def flush(results: list[Result[int]]) -> None:
        handed.append(len(results))
        await anyio.wait_all_tasks_blocked()
        assert taken <= sum(handed) + 5 + 3

    policy = BatchPolicy(max_concurrency=3, flush_size=5, flush_after=60)
    assert await run_batch(source(), flush, policy) == 100
    assert handed == [5] * 20


async def test_results_are_handed_over_after_a_time() -> None:
    """A finished result is handed over although another operation still runs."""
    go, early = anyio.Event(), list[str]()

    async def late() -> int:
        await go.wait()
        return 2

    async def flush(results: list[Result[int]]) -> None:
        early.extend(result.name for result in results)
        go.set()

    policy = BatchPolicy(flush_after=0.01)
    assert await run_batch([Operation("late", late), Operation("early", one)], flush, policy) == 2
    assert early == ["early", "late"]


async def test_fail_fast_ends_the_batch() -> None:
    """The results up to the failure are handed over, and no further operation starts."""
    begun, found = 0, list[str]()

    def source() -> Iterator[Operation[int]]:
        nonlocal begun
        for number in range(1000):
            begun += 1
            yield Operation(str(number), bad if number == 2 else one)

    async def flush(results: list[Result[int]]) -> None:
        found.extend(result.name for result in results)

    policy = BatchPolicy(max_concurrency=1, flush_size=2, fail_fast=True)
    with pytest.raises(BatchFailed, match="2 failed: bad"):
        await run_batch(source(), flush, policy)
    assert found == ["0", "1", "2"]
    assert begun < 10
