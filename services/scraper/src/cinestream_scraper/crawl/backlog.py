"""The backlog of pages that etl has not read yet."""

import anyio

from cinestream.bus import topology
from cinestream.bus.jetstream import Bus
from cinestream.contracts import Transient
from cinestream_flow.logger import get_logger
from cinestream_scraper import metrics

log = get_logger("scraper")

_INTERVAL_SECONDS = 2.0


class Backlog:
    """The pages that etl has not read, compared with what the stream PAGES may hold.

    It counts as full at one half. A full stream drops its oldest pages, read or not.
    """

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.full = False

    async def watch(self) -> None:
        """Check every 2 s, forever."""
        while True:
            try:
                await self.check()
            except Transient as error:
                log.warning("backlog.unknown", reason=str(error))
            await anyio.sleep(_INTERVAL_SECONDS)

    async def check(self) -> bool:
        """Measure the backlog now, and return True if it is full.

        Raises:
            Transient: the bus does not answer.
        """
        self._update(*await self._measure())
        return self.full

    def degraded(self) -> list[str]:
        """Return what is wrong, for /readyz."""
        return ["etl has too many pages to read: no request is taken"] if self.full else []

    def _update(self, unread_bytes: float, max_bytes: int) -> None:
        full = unread_bytes > max_bytes / 2
        if full != self.full:
            log.warning("backlog.full" if full else "backlog.drained", unread_bytes=int(unread_bytes))
        self.full = full
        metrics.BACKLOGGED.set(full)

    async def _measure(self) -> tuple[float, int]:
        """Return the bytes that etl has not read, estimated from the mean size of a page, and the stream's limit."""
        pages = await self._bus.stream_state(topology.PAGES)
        etl = await self._bus.consumer_state(topology.PAGES, "etl")
        mean = pages.bytes / pages.messages if pages.messages else 0.0
        return (etl.pending + etl.unacknowledged) * mean, pages.max_bytes
