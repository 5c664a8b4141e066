"""One step of a pipeline, and how a chunk goes through it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from cinestream.contracts.errors import Invalid
from cinestream.resilience.retry import ONCE, RetryPolicy, retry

A = TypeVar("A")
B = TypeVar("B")


@dataclass(frozen=True)
class Stage(Generic[A, B]):
    """A step that turns a chunk into another one.

    `process` may return fewer or more items than it got. It raises `Transient` for "try the chunk again" and
    `Invalid` for "an item of it is bad"; it may be called again with items that it has seen, so it must be idempotent.
    Anything else that it raises ends the pipeline.

    Args:
        name: for reports.
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


async def apply(stage: Stage[A, B], chunk: Sequence[A], on_bad: Callable[[Bad], None]) -> list[B]:
    """What becomes of a chunk; a chunk with a bad item is halved until the bad item is alone, then it is reported."""
    try:
        return list(await retry(stage.retries, lambda: stage.process(chunk)))
    except Invalid as error:
        if len(chunk) == 1:
            on_bad(Bad(stage.name, chunk[0], str(error)))
            return []
    half = len(chunk) // 2
    return [*await apply(stage, chunk[:half], on_bad), *await apply(stage, chunk[half:], on_bad)]
