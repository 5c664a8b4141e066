"""A source of requests with a gate."""

from collections.abc import Callable

import anyio

from cinestream.bus.consume import DeliverySource
from cinestream.bus.jetstream import Delivery


class GatedPull:
    """A pull that returns nothing while its gate is closed."""

    def __init__(self, pull: DeliverySource, closed: Callable[[], bool]) -> None:
        self._pull = pull
        self._closed = closed

    async def fetch(self, limit: int, *, wait: float) -> list[Delivery]:
        """Fetch as `Pull.fetch` does. While the gate is closed, return none after `wait` seconds."""
        if self._closed():
            await anyio.sleep(wait)
            return []
        return await self._pull.fetch(limit, wait=wait)
