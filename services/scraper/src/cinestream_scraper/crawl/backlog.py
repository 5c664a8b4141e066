"""The backlog of pages that etl has not read yet, which must not fill the stream."""

import anyio
import structlog

from cinestream.bus import topology
from cinestream.bus.jetstream import Bus
from cinestream.contracts import Transient
from cinestream_scraper import metrics

log = structlog.get_logger("scraper")

_LOOK_EVERY = 2.0


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
        return (etl.pending + etl.unacknowledged) * mean, pages.max_bytes
