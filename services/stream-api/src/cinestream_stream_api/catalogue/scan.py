"""`Scan`: builds the catalogue by reading the whole stream once, and keeps it up to date from the ring."""

import structlog

from cinestream.contracts import Transient
from cinestream_stream_api.catalogue.catalogue import Catalogue
from cinestream_stream_api.events.position import Position
from cinestream_stream_api.log.history import PAGE
from cinestream_stream_api.stream.hub import Hub

log = structlog.get_logger("stream")


class Scan:
    """Run `keep` beside the hub. `catalogue` is None until it has been built, and while a new stream is read."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._building = Catalogue(Position(hub.ring.epoch, 0))
        self._whole = False

    @property
    def catalogue(self) -> Catalogue | None:
        """Every film there is, as of its position."""
        return self._building if self._whole and self._building.position.epoch == self._hub.ring.epoch else None

    async def keep(self) -> None:
        """Follow the stream; runs until cancelled."""
        while True:
            try:
                await self._catch_up()
            except Transient as error:
                log.debug("scan.waiting", reason=str(error))
            await self._hub.wait()

    async def _catch_up(self) -> None:
        while True:
            ring, found = self._hub.ring, self._building
            if found.position.epoch != ring.epoch or found.position.sequence > ring.head:
                found = self._building = Catalogue(Position(ring.epoch, 0))
                self._whole = False
            if found.position.sequence >= ring.floor:
                found.add(ring.after(found.position.sequence), through=ring.head)
                if not self._whole:
                    self._whole = True
                    log.info("scan.whole", films=len(found), position=str(found.position))
                return
            # Not by the pages that clients share: they would be pushed out by what nobody asked for.
            after = found.position.sequence
            events, last, _ = await self._hub.history.read(ring.epoch, after, PAGE, purpose="scan")
            # Nothing more means that everything up to the ring was deleted.
            found.add(events, through=last if last > after else ring.floor)
