"""Many operations at once, each with a result of its own."""

import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

import anyio
from anyio.abc import ObjectReceiveStream, ObjectSendStream

from cinestream_flow.groups import first
from cinestream_flow.retry import ONCE, RetryPolicy, retry, transient

T = TypeVar("T")


@dataclass(frozen=True)
class Operation(Generic[T]):
    """Something to do.

    Args:
        name: tells it from the others.
        call: does it.
        retries: how often, and how soon, it is tried again.
        retryable: after which errors.
    """

    name: str
    call: Callable[[], Awaitable[T]]
    retries: RetryPolicy = ONCE
    retryable: Callable[[Exception], bool] = transient


@dataclass(frozen=True)
class Result(Generic[T]):
    """What came of an operation: `data`, or the `error` of its last attempt. `seconds` is all attempts and waits."""

    name: str
    data: T | None
    error: Exception | None
    seconds: float
    attempts: int


@dataclass(frozen=True)
class BatchPolicy:
    """How a batch is worked on.

    Args:
        max_concurrency: operations at once.
        flush_size: results that are handed over together.
        flush_after: seconds after which those that are there are handed over, though fewer.
        fail_fast: the first error ends the batch, instead of being a result among others.
    """

    max_concurrency: int = 10
    flush_size: int = 20
    flush_after: float = 1.0
    fail_fast: bool = False


class BatchFailed(Exception):
    """An operation of a fail-fast batch failed; its error is the cause. The others were cancelled or never begun."""


async def run_batch(
    operations: Iterable[Operation[T]],
    flush: Callable[[list[Result[T]]], Awaitable[None]],
    policy: BatchPolicy | None = None,
) -> int:
    """Do all operations, and hand their results over in the order in which they come; how many there were.

    Operations are taken from the iterable only when there is room, and a `flush` that takes long holds them up. With
    `fail_fast` the results until then are handed over, the failed one last; then BatchFailed is raised.
    """
    policy = policy or BatchPolicy()
    send, receive = anyio.create_memory_object_stream[Result[T]](policy.flush_size)
    try:
        async with anyio.create_task_group() as group:
            group.start_soon(_work_all, operations, send, policy.max_concurrency)
            count = await _hand_over(receive, flush, policy)
    except BaseExceptionGroup as errors:
        raise first(errors)  # noqa: B904 - its own cause stays
    return count


async def _work_all(operations: Iterable[Operation[T]], send: ObjectSendStream[Result[T]], at_once: int) -> None:
    waiting = iter(operations)

    async def worker() -> None:
        for operation in waiting:
            await send.send(await _done(operation))

    async with send, anyio.create_task_group() as group:
        for _ in range(at_once):
            group.start_soon(worker)


async def _done(operation: Operation[T]) -> Result[T]:
    begun, attempts = time.monotonic(), 0

    async def attempt() -> T:
        nonlocal attempts
        attempts += 1
        return await operation.call()

    try:
        data = await retry(operation.retries, attempt, retryable=operation.retryable)
    except Exception as error:
        return Result(operation.name, None, error, time.monotonic() - begun, attempts)
    return Result(operation.name, data, None, time.monotonic() - begun, attempts)


async def _hand_over(
    receive: ObjectReceiveStream[Result[T]], flush: Callable[[list[Result[T]]], Awaitable[None]], policy: BatchPolicy
) -> int:
    count, ready, ended = 0, list[Result[T]](), False
    async with receive:
        while not ended:
            with anyio.move_on_after(policy.flush_after):
                ended = not await _filled(receive, ready, policy)
            if ready:
                await flush(ready)
                count += len(ready)
                if policy.fail_fast and (error := ready[-1].error):
                    raise BatchFailed(f"{ready[-1].name} failed: {error}") from error
                ready = []
    return count


async def _filled(receive: ObjectReceiveStream[Result[T]], ready: list[Result[T]], policy: BatchPolicy) -> bool:
    """Whether there may be more: a full list, or a failure that ends the batch."""
    while len(ready) < policy.flush_size:
        try:
            ready.append(await receive.receive())
        except anyio.EndOfStream:
            return False
        if policy.fail_fast and ready[-1].error:
            break
    return True
