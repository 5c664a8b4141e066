"""When no request is taken: while the host is paused, and while etl has too much to read."""

from collections.abc import Callable

import anyio
import structlog

from cinestream.bus import topology
from cinestream.bus.consume import Source
from cinestream.bus.jetstream import Bus, Delivery
from cinestream.contracts import Transient
from cinestream_scraper import metrics

log = structlog.get_logger("scraper")

_LOOK_EVERY = 2.0


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


class Backlog:
    """Whether what etl has not read exceeds half of what PAGES may hold, beyond which pages would be lost."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.full = False

    async def watch(self) -> None:
        """Look every now and then, for ever."""
        while True:
            try:
                await self.look()
            except Transient as error:
                log.warning("backlog.unknown", reason=str(error))
            await anyio.sleep(_LOOK_EVERY)

    async def look(self) -> bool:
        """Look now; return whether it is full.

        Raises:
            Transient: the bus does not answer.
        """
        self.note(*await self._unread())
        return self.full

    def note(self, unread: float, max_bytes: int) -> None:
        """Decide by the bytes that etl has not read."""
        full = unread > max_bytes / 2
        if full != self.full:
            log.warning("backlog.full" if full else "backlog.drained", unread_bytes=int(unread))
        self.full = full
        metrics.BACKLOGGED.set(full)

    def degraded(self) -> list[str]:
        """What is wrong, for /readyz."""
        return ["etl has too many pages to read: no request is taken"] if self.full else []

    async def _unread(self) -> tuple[float, int]:
        pages = await self._bus.stream_state(topology.PAGES)
        etl = await self._bus.consumer_state(topology.PAGES, "etl")
        mean = pages.bytes / pages.messages if pages.messages else 0.0
        return (etl.pending + etl.in_hand) * mean, pages.max_bytes
