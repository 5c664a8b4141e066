"""Batches of independent operations with limited concurrency, retries and one result for each operation."""

import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

import anyio
from anyio.abc import ObjectReceiveStream, ObjectSendStream

from cinestream_flow.groups import first_error
from cinestream_flow.message import Message
from cinestream_flow.retry import ONCE, RetryPolicy, is_transient, retry

T = TypeVar("T")


@dataclass(frozen=True)
class Operation(Generic[T]):
    """One operation of a batch.

    Args:
        name: Name of the operation in its result.
        call: Function that does the work.
        retries: Number and delays of further attempts.
        retryable: Returns True for errors after which the operation is tried again.
    """

    name: str
    call: Callable[[], Awaitable[T]]
    retries: RetryPolicy = ONCE
    retryable: Callable[[Exception], bool] = is_transient


@dataclass(frozen=True)
class Result(Generic[T]):
    """The result of an operation: either `data`, or the `error` of its last attempt.

    `seconds` is the duration of all attempts and the delays between them.
    """

    name: str
    data: T | None
    error: Exception | None
    seconds: float
    attempts: int


@dataclass(frozen=True)
class BatchPolicy:
    """The limits of a batch.

    Args:
        max_concurrency: Operations that run at the same time.
        flush_size: Results that are handed over together.
        flush_after: Seconds after which the results so far are handed over, even if they are fewer.
        fail_fast: True ends the batch at the first error. False treats errors as results.
    """

    max_concurrency: int = 10
    flush_size: int = 20
    flush_after: float = 1.0
    fail_fast: bool = False


class BatchFailed(Exception):
    """An operation of a fail-fast batch failed.

    Its error is the `__cause__`. The other operations were cancelled or not started.
    """


async def run_batch(
    operations: Iterable[Operation[T]],
    flush: Callable[[list[Result[T]]], Awaitable[None]],
    policy: BatchPolicy | None = None,
) -> int:
    """Run all operations and hand over their results in the order in which they finish.

    The next operation is taken from the iterable only when a worker is free. A slow `flush` stops the workers.

    Args:
        operations: Operations to run. The iterable may be lazy.
        flush: Receives up to `flush_size` results at a time.
        policy: Limits of the batch.

    Returns:
        The number of results.

    Raises:
        BatchFailed: An operation failed and `fail_fast` is set. The results up to the failed one, which is the last,
            were handed over before.
    """
    policy = policy or BatchPolicy()
    send, receive = anyio.create_memory_object_stream[Result[T]](policy.flush_size)
    try:
        async with anyio.create_task_group() as group:
            group.start_soon(_run_workers, operations, send, policy.max_concurrency)
            count = await _hand_over(receive, flush, policy)
    except BaseExceptionGroup as errors:
        raise first_error(errors)  # noqa: B904 - the error keeps its own cause
    return count


async def _run_workers(operations: Iterable[Operation[T]], send: ObjectSendStream[Result[T]], concurrency: int) -> None:
    queue = iter(operations)  # shared: each operation goes to exactly one worker

    async def work() -> None:
        for operation in queue:
            await send.send(await _run(operation))

    async with send, anyio.create_task_group() as group:
        for _ in range(concurrency):
            group.start_soon(work)


async def _run(operation: Operation[T]) -> Result[T]:
    started, attempts = time.monotonic(), 0

    async def attempt() -> T:
        nonlocal attempts
        attempts += 1
        return await operation.call()

    try:
        data = await retry(operation.retries, attempt, retryable=operation.retryable)
    except Exception as error:
        return Result(operation.name, None, error, time.monotonic() - started, attempts)
    return Result(operation.name, data, None, time.monotonic() - started, attempts)


async def _hand_over(
    receive: ObjectReceiveStream[Result[T]], flush: Callable[[list[Result[T]]], Awaitable[None]], policy: BatchPolicy
) -> int:
    count, results, ended = 0, list[Result[T]](), False
    async with receive:
        while not ended:
            with anyio.move_on_after(policy.flush_after):
                ended = not await _collect(receive, results, policy)
            if results:
                await flush(results)
                count += len(results)
                if policy.fail_fast and (error := results[-1].error):
                    raise BatchFailed(Message("{name} failed: {error}", name=results[-1].name, error=error)) from error
                results = []
    return count


async def _collect(receive: ObjectReceiveStream[Result[T]], results: list[Result[T]], policy: BatchPolicy) -> bool:
    """Receive results until a flush is due. Return False after the last result of the batch."""
    while len(results) < policy.flush_size:
        try:
            results.append(await receive.receive())
        except anyio.EndOfStream:
            return False
        if policy.fail_fast and results[-1].error:
            break
    return True
