"""The bus on a real nats-server: compare-and-set, work queue, history and restarts."""

from datetime import UTC, datetime, timedelta

import anyio
import pytest
from tests.nats_server import NatsServer

from cinestream.bus.jetstream import AlreadyQueued, Bus, WrongLastSequence
from cinestream.contracts import Envelope, Kind, Lane, ScrapeRequest

pytestmark = pytest.mark.anyio
MOVIE = "cinestream.movies.tt0000001"


async def test_compare_and_set_lets_one_of_two_writers_win(etl_bus: Bus) -> None:
    """Of two writers that read the same last version, one stores its message and the other gets an error."""
    first = await etl_bus.publish(MOVIE, Envelope({}, b"1"), expect_last=0)
    await etl_bus.publish(MOVIE, Envelope({}, b"2"), expect_last=first)
    with pytest.raises(WrongLastSequence):
        await etl_bus.publish(MOVIE, Envelope({}, b"3"), expect_last=first)
    last = await etl_bus.last_message("MOVIES", MOVIE)
    assert last is not None
    assert last.body == b"2"


async def test_target_is_queued_once_until_it_is_acknowledged(scraper_bus: Bus) -> None:
    """A second request for a target is refused until the first one is acknowledged."""
    request = ScrapeRequest(kind=Kind.TITLE, id="tt0111161", lane=Lane.NOW)
    await scraper_bus.publish(request.subject, request.encode())
    with pytest.raises(AlreadyQueued):
        await scraper_bus.publish(request.subject, request.encode())
    pull = await scraper_bus.pull("REQUESTS", "scraper-now")
    (delivery,) = await pull.fetch(5, wait=30)
    assert ScrapeRequest.decode(delivery.envelope) == request
    with pytest.raises(AlreadyQueued):
        await scraper_bus.publish(request.subject, request.encode())
    await delivery.ack()
    await scraper_bus.stream_state("REQUESTS")  # this response comes after the ack, on the same connection
    await scraper_bus.publish(request.subject, request.encode())


async def test_history_is_read_in_order(etl_bus: Bus, stream_bus: Bus) -> None:
    """A batched read returns the stored messages in order, and an empty list after the last one."""
    for number in range(7):
        await etl_bus.publish(f"cinestream.movies.tt000000{number}", Envelope({"A": str(number)}, b"x"))
    found = await stream_bus.read("MOVIES", start=3, limit=3)
    assert [m.sequence for m in found] == [3, 4, 5]
    assert [m.headers["A"] for m in found] == ["2", "3", "4"]
    assert await stream_bus.read("MOVIES", start=8, limit=3) == []


async def test_history_is_found_by_time(etl_bus: Bus, stream_bus: Bus) -> None:
    """The first message since a time is found, and none after the last message."""
    for number in range(3):
        await etl_bus.publish(f"cinestream.movies.tt000000{number}", Envelope({}, b"x"))
    second = (await stream_bus.read("MOVIES", start=2, limit=1))[0]
    found = await stream_bus.first_message_since("MOVIES", second.time)
    assert found is not None
    assert found.sequence == 2
    assert await stream_bus.first_message_since("MOVIES", second.time + timedelta(hours=1)) is None
    assert await stream_bus.first_message_since("MOVIES", datetime(9999, 1, 1, tzinfo=UTC)) is None


async def test_pull_survives_a_restart_of_the_server(topology: NatsServer) -> None:
    """The same pull delivers again after the server was killed and restarted."""
    bus = await topology.connect("scraper")
    pull = await bus.pull("REQUESTS", "scraper-crawl")
    assert await pull.fetch(1, wait=0.1) == []
    topology.kill()
    assert await pull.fetch(1, wait=0.1) == []
    topology.start()
    with anyio.fail_after(60):
        while not bus.connected:
            await anyio.sleep(0.01)
        request = ScrapeRequest.of("chart:top")
        await bus.publish(request.subject, request.encode())
        while not (deliveries := await pull.fetch(3, wait=1)):
            pass
    assert deliveries[0].subject == request.subject
    await bus.close()
