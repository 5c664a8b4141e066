"""A source of requests that can be shut: while the host is paused, no browser starts or etl has too much to read."""

from collections.abc import Callable

import anyio

from cinestream.bus.consume import Source
from cinestream.bus.jetstream import Delivery


class GatedPull:
    """A pull that gives nothing while the gate is closed."""

    def __init__(self, pull: Source, closed: Callable[[], bool]) -> None:
        self._pull = pull
        self._closed = closed

    async def fetch(self, most: int, *, wait: float) -> list[Delivery]:
        """Like `Pull.fetch`; waits out `wait` when the gate is closed."""
        if self._closed():
            await anyio.sleep(wait)
            return []
        return await self._pull.fetch(most, wait=wait)
