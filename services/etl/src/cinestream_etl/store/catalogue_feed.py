"""Keeping a catalogue up to date with `MOVIES`: what is stored at start, and what any worker publishes later."""

import anyio
import anyio.lowlevel
import orjson
import structlog

from cinestream.bus.jetstream import Bus, StoredMessage
from cinestream.bus.topology import MOVIES
from cinestream.contracts import Transient
from cinestream.contracts.removed import Removed
from cinestream_etl.catalogue import Catalogue

log = structlog.get_logger("catalogue")
_BATCH = 200
_PAUSE = 15.0
"""Seconds between two looks for what is new."""


async def follow(bus: Bus, catalogue: Catalogue, *, most: int) -> None:
    """Read the last versions that `most` films can have had, and then what comes, for ever.

    A reader, no consumer: it misses nothing, because it goes on where it was. Without the bus it tries again later.
    """
    start = 1
    while True:
        try:
            start = await read_on(bus, catalogue, start=start, most=most)
        except Transient as error:
            log.info("catalogue.later", reason=str(error))
        await anyio.sleep(_PAUSE)


async def read_on(bus: Bus, catalogue: Catalogue, *, start: int, most: int) -> int:
    """Read from a sequence on to the end, at most twice as many versions as films fit; returns where to go on.

    Raises:
        Transient: the bus does not answer.
    """
    last = (await bus.stream_state(MOVIES)).last_sequence
    start = max(start, last - 2 * most)
    while start <= last and (batch := await bus.read(MOVIES, start=start, limit=_BATCH)):
        for stored in batch:
            _take(catalogue, stored)
        start = batch[-1].sequence + 1
        await anyio.lowlevel.checkpoint()
    return max(start, last + 1)


def _take(catalogue: Catalogue, stored: StoredMessage) -> None:
    if Removed.says(stored.headers):
        catalogue.forget(stored.subject.rpartition(".")[2])
        return
    try:
        catalogue.add(orjson.loads(stored.body))
    except (ValueError, TypeError, AttributeError):  # whatever it is, it recommends nothing
        log.debug("catalogue.not_a_movie", sequence=stored.sequence)
