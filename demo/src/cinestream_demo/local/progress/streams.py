"""The counts of the local run, read from the JetStream streams themselves.

No restart of a service changes them, because the streams hold what the services have done.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import NoReturn

import anyio

from cinestream.bus import topology
from cinestream.bus.jetstream import Bus, NotDeclared
from cinestream.contracts import Transient, subjects
from cinestream_demo.local.settings import LocalSettings

_INTERVAL_SECONDS = 0.5


@dataclass(frozen=True)
class StreamCounts:
    """The counts of all streams at one moment.

    Attributes:
        queued: requests in the queue, those that are being read included.
        read: pages that were read and stored, also those that were dropped later at the limits of the stream.
        films: films that are stored, each counted once. A film that was taken down counts until it is read again.
        versions: versions of films that were stored.
        dead: dead letters by stage (`scraper`, `etl`).
    """

    queued: int = 0
    read: int = 0
    films: int = 0
    versions: int = 0
    dead: Mapping[str, int] = field(default_factory=dict)


async def follow_streams(
    settings: LocalSettings, passwords: Mapping[str, str], record: Callable[[StreamCounts], None]
) -> NoReturn:
    """Read the counts twice a second until cancelled, and pass them to `record`.

    Nothing is recorded while NATS does not answer or the streams do not exist yet.
    """
    # Together these two users may read the state of all streams. The second one may write nothing.
    async with (
        _connected(settings, passwords, "scraper") as bus,
        _connected(settings, passwords, "stream-api") as films,
    ):
        while True:
            with suppress(NotDeclared, Transient):
                record(await read_counts(bus, films))
            await anyio.sleep(_INTERVAL_SECONDS)


async def read_counts(bus: Bus, films: Bus) -> StreamCounts:
    """Return the counts of all streams.

    Args:
        bus: Connection of a user that may read the state of REQUESTS, PAGES and DEAD_LETTERS.
        films: Connection of a user that may read the state of MOVIES.

    Raises:
        NotDeclared: A stream does not exist.
        Transient: NATS does not answer.
    """
    movies = await films.stream_state(topology.MOVIES)
    dead = await bus.messages_by_subject(topology.DEAD_LETTERS, f"{subjects.DEAD}.*")
    return StreamCounts(
        queued=(await bus.stream_state(topology.REQUESTS)).messages,
        read=(await bus.stream_state(topology.PAGES)).last_sequence,
        films=movies.subjects,
        versions=movies.last_sequence,
        dead={subject.removeprefix(f"{subjects.DEAD}."): number for subject, number in sorted(dead.items())},
    )


@asynccontextmanager
async def _connected(settings: LocalSettings, passwords: Mapping[str, str], user: str) -> AsyncIterator[Bus]:
    bus = await Bus.connect(settings.nats_url, name="cinestream-run", user=user, password=passwords[user])
    try:
        yield bus
    finally:
        with anyio.CancelScope(shield=True), anyio.move_on_after(1):
            await bus.close()
