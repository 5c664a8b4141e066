"""One step of a pipeline, and how a chunk goes through it."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from cinestream_flow.errors import Invalid
from cinestream_flow.retry import ONCE, RetryPolicy, retry

A = TypeVar("A")
B = TypeVar("B")


@dataclass(frozen=True)
class Stage(Generic[A, B]):
    """A step that turns a chunk into another one.

    `process` may return fewer or more items than it got. It raises `Transient` for "try the chunk again" and
    `Invalid` for "an item of it is bad"; it may be called again with items that it has seen, so it must be idempotent.
    Anything else that it raises ends the pipeline.

    Args:
        name: for reports; no two stages of a pipeline have the same.
        process: what is done to a chunk.
        parallel: chunks in hand at once; their order is kept.
        retries: how often, and how soon, a chunk that met `Transient` is tried again.
    """

    name: str
    process: Callable[[Sequence[A]], Awaitable[Sequence[B]]]
    parallel: int = 1
    retries: RetryPolicy = ONCE


@dataclass(frozen=True)
class Bad:
    """An item that a stage refused; the rest of its chunk went on."""

    stage: str
    item: Any
    reason: str


@dataclass
class StageTotals:
    """What a stage did so far. `calls` of `process` are more than `chunks` by those that were tried again or halved.

    Args:
        chunks: that it is done with.
        calls: of `process`.
        items_in: that it got.
        items_out: that it gave.
        bad: items that it refused.
        seconds: in `process`, of all calls together.
        in_hand: chunks that it works on now, or has done before their turn.
        waiting: chunks in the buffer before it, when last looked at.
    """

    chunks: int = 0
    calls: int = 0
    items_in: int = 0
    items_out: int = 0
    bad: int = 0
    seconds: float = 0.0
    in_hand: int = 0
    waiting: int = 0


async def apply(stage: Stage[A, B], chunk: Sequence[A], on_bad: Callable[[Bad], None], totals: StageTotals) -> list[B]:
    """What becomes of a chunk; a chunk with a bad item is halved until the bad item is alone, then it is reported."""

    async def process() -> Sequence[B]:
        totals.calls += 1
        begun = time.perf_counter()
        try:
            return await stage.process(chunk)
        finally:
            totals.seconds += time.perf_counter() - begun

    try:
        return list(await retry(stage.retries, process))
    except Invalid as error:
        if len(chunk) == 1:
            totals.bad += 1
            on_bad(Bad(stage.name, chunk[0], str(error)))
            return []
    half = len(chunk) // 2
    first = await apply(stage, chunk[:half], on_bad, totals)
    return [*first, *await apply(stage, chunk[half:], on_bad, totals)]
