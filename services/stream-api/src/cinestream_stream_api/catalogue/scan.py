"""The scan: builds the film index from the whole stream, and keeps it up to date."""

import gc
from collections.abc import Awaitable, Callable
from itertools import islice

from anyio.lowlevel import checkpoint

from cinestream.contracts import Transient
from cinestream_flow.logger import get_logger
from cinestream_stream_api.catalogue.film_index import FilmIndex
from cinestream_stream_api.events.position import Position
from cinestream_stream_api.log.history import PAGE, History
from cinestream_stream_api.log.tail import Tail

_PART = 50
"""Events added to the index without a pause, which takes one or two milliseconds."""

log = get_logger("stream")


class Scan:
    """The film index and the loop that keeps it up to date.

    Args:
        tail: its ring has the newest events.
        history: has the events before the ring.
        wait: waits until there may be new events.
    """

    def __init__(self, tail: Tail, history: History, wait: Callable[[], Awaitable[None]]) -> None:
        self._tail = tail
        self._history = history
        self._wait = wait
        ring = tail.ring
        self._index = FilmIndex(Position(ring.epoch, 0))
        self._complete = False

    @property
    def index(self) -> FilmIndex | None:
        """The index, or None while it is being built: at the start, and after the stream was recreated."""
        ring, position = self._tail.ring, self._index.position
        return self._index if self._complete and position.epoch == ring.epoch else None

    def current(self) -> FilmIndex | None:
        """Return the index as of the ring's head, or None while it is being built."""
        ring, index = self._tail.ring, self.index
        if index is None or not ring.floor <= index.position.sequence <= ring.head:
            return None
        index.add(ring.after(index.position.sequence), through=ring.head)
        return index

    async def keep(self) -> None:
        """Follow the stream. Runs until cancelled."""
        while True:
            try:
                await self._catch_up()
            except Transient as error:
                log.debug("scan.waiting_for_nats", reason=str(error))
            await self._wait()

    async def _catch_up(self) -> None:
        while True:
            ring, index = self._tail.ring, self._index
            position = index.position
            if position.epoch != ring.epoch or position.sequence > ring.head:
                index = self._index = FilmIndex(Position(ring.epoch, 0))
                position = index.position
                self._complete = False
            if position.sequence >= ring.floor:
                part = list(islice(ring.after(position.sequence), _PART))
                if len(part) == _PART:
                    index.add(part, through=part[-1].sequence)
                    # A burst of events takes longer than a push interval. The streams are served meanwhile.
                    await checkpoint()
                    continue
                index.add(part, through=ring.head)
                bounds = self._tail.bounds
                if bounds.epoch == ring.epoch:
                    index.events.forget(before=bounds.first)
                if not self._complete:
                    self._complete = True
                    # The garbage collector would stop all streams for as long as it takes to visit the index.
                    gc.freeze()
                    log.info("scan.complete", films=len(index), position=str(index.position))
                return
            # Read directly, and not as cached pages: the scan would push the pages of the clients out of the cache.
            after = position.sequence
            events, last, _ = await self._history.read(ring.epoch, after, PAGE, purpose="scan")
            # If nothing was found, everything between here and the ring was deleted.
            index.add(events, through=last if last > after else ring.floor)
