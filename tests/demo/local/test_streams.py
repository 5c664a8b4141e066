"""The counts of the local run, read from a real NATS server with the users of the run."""

import anyio
import pytest
from tests.nats_server import NatsServer

from cinestream.bus.jetstream import Bus
from cinestream.contracts import Envelope
from cinestream_demo.local.progress.progress import RunProgress
from cinestream_demo.local.progress.streams import StreamCounts, follow_streams, read_counts
from cinestream_demo.local.settings import LocalSettings

pytestmark = pytest.mark.anyio
EMPTY = Envelope({}, b"x")


async def test_counts_are_those_of_the_streams(scraper_bus: Bus, etl_bus: Bus, stream_bus: Bus) -> None:
    """A film with two versions counts once, and dead letters are counted by stage."""
    assert await read_counts(scraper_bus, stream_bus) == StreamCounts()
    await scraper_bus.publish("cinestream.requests.crawl.title.tt0000001", EMPTY)
    await scraper_bus.publish("cinestream.pages.imdb.chart.top", EMPTY)
    for film in ("tt0000001", "tt0000002", "tt0000001"):
        await scraper_bus.publish(f"cinestream.pages.imdb.title.{film}", EMPTY)
        await etl_bus.publish(f"cinestream.movies.{film}", EMPTY)
    await etl_bus.publish("cinestream.dead.etl", EMPTY)
    counts = await read_counts(scraper_bus, stream_bus)
    assert counts == StreamCounts(queued=1, read=4, films=2, versions=3, dead={"etl": 1})


async def store(server: NatsServer, film: str) -> None:
    """Store a film as etl does."""
    bus = await server.connect("etl")
    try:
        await bus.publish(f"cinestream.movies.{film}", EMPTY)
    finally:
        await bus.close()


async def test_counts_stay_while_nats_is_away_and_go_on_afterwards(topology: NatsServer) -> None:
    """A killed server changes no count, and the counts continue when it is back."""
    progress = RunProgress(LocalSettings(nats_url=topology.url))
    with anyio.fail_after(60):
        async with anyio.create_task_group() as group:
            group.start_soon(follow_streams, progress.settings, topology.passwords, progress.record)
            while progress.before is None:
                await anyio.sleep(0.01)
            await store(topology, "tt0000001")
            while progress.counts.films < 1:
                await anyio.sleep(0.01)
            assert progress.first_film is not None
            topology.kill()
            topology.start()
            await store(topology, "tt0000002")
            while progress.counts.films < 2:
                assert progress.counts.films == 1
                await anyio.sleep(0.01)
            group.cancel_scope.cancel()
