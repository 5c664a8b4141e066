"""One stage of a pipeline and the processing of one chunk by it."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from cinestream_flow.errors import Invalid
from cinestream_flow.message import Message, message_of
from cinestream_flow.retry import ONCE, RetryPolicy, retry

A = TypeVar("A")
B = TypeVar("B")


@dataclass(frozen=True)
class Stage(Generic[A, B]):
    """A stage that turns a chunk into another one.

    `process` may return fewer or more items than it received. It raises `Transient` to have the chunk tried again, and
    `Invalid` if an item is bad. Any other error ends the pipeline. It may be called again with items that it has
    already seen, so it must be idempotent.

    Args:
        name: Name in reports, unique within the pipeline.
        process: Function that processes a chunk.
        parallel: Number of chunks that are processed at the same time. Their order is kept.
        retries: Number and delays of further attempts after `Transient`.
    """

    name: str
    process: Callable[[Sequence[A]], Awaitable[Sequence[B]]]
    parallel: int = 1
    retries: RetryPolicy = ONCE


@dataclass(frozen=True)
class RejectedItem:
    """An item that a stage rejected as invalid. The rest of its chunk continued."""

    stage: str
    item: Any
    reason: Message


@dataclass
class StageTotals:
    """The counters of a stage.

    Args:
        chunks: Chunks that are finished.
        calls: Calls of `process`. There are more calls than chunks after retries and after rejected items.
        items_in: Items received.
        items_out: Items returned.
        rejected: Items rejected as invalid.
        seconds: Time in `process`, added up over all calls.
        in_progress: Chunks that are being processed, or are finished and wait for their turn.
        waiting: Chunks in the buffer before the stage when the stage last took one.
    """

    chunks: int = 0
    calls: int = 0
    items_in: int = 0
    items_out: int = 0
    rejected: int = 0
    seconds: float = 0.0
    in_progress: int = 0
    waiting: int = 0


async def process_chunk(
    stage: Stage[A, B], chunk: Sequence[A], on_rejected: Callable[[RejectedItem], None], totals: StageTotals
) -> list[B]:
    """Process a chunk, report its invalid items, and return the results of the others in order."""

    async def process() -> Sequence[B]:
        totals.calls += 1
        started = time.perf_counter()
        try:
            return await stage.process(chunk)
        finally:
            totals.seconds += time.perf_counter() - started

    try:
        return list(await retry(stage.retries, process))
    except Invalid as error:
        if len(chunk) == 1:
            totals.rejected += 1
            on_rejected(RejectedItem(stage.name, chunk[0], message_of(error)))
            return []
    # `Invalid` does not say which item is bad. Halving finds one bad item of n with about 2 log2(n) further calls,
    # where one call for each item would take n.
    half = len(chunk) // 2
    first = await process_chunk(stage, chunk[:half], on_rejected, totals)
    return [*first, *await process_chunk(stage, chunk[half:], on_rejected, totals)]
