"""The feed of the known films: it reads what `MOVIES` holds, and later what any worker publishes."""

import anyio
import anyio.lowlevel
import orjson

from cinestream.bus.jetstream import Bus, StoredMessage
from cinestream.bus.topology import MOVIES
from cinestream.contracts import Transient
from cinestream.contracts.removed import Removed
from cinestream_etl.catalogue import KnownFilms
from cinestream_flow.logger import get_logger

log = get_logger("catalogue")
_BATCH = 200
_INTERVAL_SECONDS = 15.0


async def feed_catalogue(bus: Bus, known_films: KnownFilms, *, max_films: int) -> None:
    """Keep the known films up to date with `MOVIES`, forever.

    It reads by sequence instead of through a consumer, and stores its position, so it misses nothing. While the bus
    does not answer it tries again every 15 seconds.
    """
    start = 1
    while True:
        try:
            start = await read_movies(bus, known_films, start=start, max_films=max_films)
        except Transient as error:
            log.info("catalogue.retry_later", reason=str(error), retry_seconds=_INTERVAL_SECONDS)
        await anyio.sleep(_INTERVAL_SECONDS)


async def read_movies(bus: Bus, known_films: KnownFilms, *, start: int, max_films: int) -> int:
    """Read `MOVIES` from the sequence `start` to the end, and return the sequence at which to continue.

    At most the newest `2 * max_films` versions are read, because a film can have several versions.

    Raises:
        Transient: the bus does not answer.
    """
    last = (await bus.stream_state(MOVIES)).last_sequence
    start = max(start, last - 2 * max_films)
    while start <= last and (batch := await bus.read(MOVIES, start=start, limit=_BATCH)):
        for stored in batch:
            _apply(known_films, stored)
        start = batch[-1].sequence + 1
        # A batch that has arrived already does not yield to other tasks by itself.
        await anyio.lowlevel.checkpoint()
    return max(start, last + 1)


def _apply(known_films: KnownFilms, stored: StoredMessage) -> None:
    if Removed.matches(stored.headers):
        known_films.remove(stored.subject.rpartition(".")[2])
        return
    try:
        known_films.add(orjson.loads(stored.body))
    except (ValueError, TypeError, AttributeError):  # a message that is not a movie recommends nothing
        log.debug("catalogue.not_a_movie", sequence=stored.sequence)
