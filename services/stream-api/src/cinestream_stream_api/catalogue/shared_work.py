"""Long work over the index: in slices, one at a time, and once for all who request the same."""

import time
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Iterable
from typing import TypeVar, cast

import anyio
from anyio.lowlevel import checkpoint

from cinestream_stream_api.events.position import Position

T = TypeVar("T")

_MAX_KEPT = 64
_REST = 10
"""A result serves for so many times the time that it took. So one question takes at most a tenth of the processor."""


async def in_slices(slices: Iterable[T]) -> AsyncIterator[T]:
    """Iterate over slices of work, and let the other tasks run after each."""
    for part in slices:
        yield part
        await checkpoint()


class TooManyQuestions(Exception):
    """So many different questions wait for their results that no further one is accepted."""


class SharedWork:
    """The results of long work, each as of a position of the stream.

    A result is given again while the position is the same, and for a short time after that.

    Args:
        max_questions: maximum number of different questions that wait for their results. None for no limit.
    """

    def __init__(self, max_questions: int | None = None) -> None:
        self._lock = anyio.Lock()
        self._max_questions = max_questions
        self._waiting: Counter[tuple[str, Hashable]] = Counter()
        self._kept: OrderedDict[tuple[str, Hashable], tuple[Position, float, object]] = OrderedDict()

    async def result(self, question: Hashable, position: Position, work: Callable[[], Awaitable[T]]) -> T:
        """Return the result of `work`, or one that was kept for the same question.

        Args:
            question: identifies the result. It must not depend on the position.
            position: the current position of the index.
            work: does the work, with pauses.

        Raises:
            TooManyQuestions: the limit of questions is reached.
        """
        key = (position.epoch, question)
        if (kept := self._kept.get(key)) and _is_valid(kept, position):
            return cast(T, kept[2])
        # A client that has gone is noticed only when it is answered, so its question stays.
        if key not in self._waiting and self._max_questions is not None and len(self._waiting) >= self._max_questions:
            raise TooManyQuestions
        self._waiting[key] += 1
        try:
            async with self._lock:
                return await self._result(key, position, work)
        finally:
            self._waiting[key] -= 1
            self._waiting += Counter()  # drops the zeros

    async def _result(self, key: tuple[str, Hashable], position: Position, work: Callable[[], Awaitable[T]]) -> T:
        if (kept := self._kept.get(key)) and _is_valid(kept, position):
            return cast(T, kept[2])
        start = time.monotonic()
        result = await work()
        now = time.monotonic()
        self._kept[key] = position, now + _REST * (now - start), result
        self._kept.move_to_end(key)
        if len(self._kept) > _MAX_KEPT:
            self._kept.popitem(last=False)
        return result


def _is_valid(kept: tuple[Position, float, object], position: Position) -> bool:
    known, until, _ = kept
    return known == position or time.monotonic() < until
