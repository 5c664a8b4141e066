"""Long work over the index: in slices, one at a time, and once for all who request the same."""

import time
from collections import OrderedDict
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


class SharedWork:
    """The results of long work, each as of a position of the stream.

    A result is given again while the position is the same, and for a short time after that.
    """

    def __init__(self) -> None:
        self._lock = anyio.Lock()
        self._kept: OrderedDict[tuple[str, Hashable], tuple[Position, float, object]] = OrderedDict()

    async def result(self, question: Hashable, position: Position, work: Callable[[], Awaitable[T]]) -> T:
        """Return the result of `work`, or one that was kept for the same question.

        Args:
            question: identifies the result. It must not depend on the position.
            position: the current position of the index.
            work: does the work, with pauses.
        """
        async with self._lock:
            key = (position.epoch, question)
            if kept := self._kept.get(key):
                known, until, value = kept
                if known == position or time.monotonic() < until:
                    return cast(T, value)
            start = time.monotonic()
            result = await work()
            now = time.monotonic()
            self._kept[key] = position, now + _REST * (now - start), result
            self._kept.move_to_end(key)
            if len(self._kept) > _MAX_KEPT:
                self._kept.popitem(last=False)
            return result
