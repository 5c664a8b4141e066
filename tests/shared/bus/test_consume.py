"""The consume loop on a real nats-server."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import anyio
import pytest
from prometheus_client import REGISTRY
from tests.nats_server import NatsServer

from cinestream.bus.consume import Handler, Work, consume
from cinestream.bus.jetstream import Bus, Delivery
from cinestream.bus.metrics import ConsumeMetrics
from cinestream.contracts import DeadLetter, Invalid, Lane, ScrapeRequest, Transient

pytestmark = pytest.mark.anyio
TWO_AT_ONCE = Work("scraper", 2)


@pytest.fixture
def metrics() -> Iterator[ConsumeMetrics]:
    """Create metrics for one test, and unregister them afterwards."""
    metrics = ConsumeMetrics("test")
    yield metrics
    for metric in (metrics.deliveries, metrics.in_hand, metrics.seconds):
        REGISTRY.unregister(metric)


@asynccontextmanager
async def consuming(
    bus: Bus, handle: Handler, metrics: ConsumeMetrics, *, work: Work = TWO_AT_ONCE
) -> AsyncIterator[anyio.Event]:
    """Run the loop over both lanes of the requests until the block ends."""
    pulls = [await bus.pull("REQUESTS", "scraper-now"), await bus.pull("REQUESTS", "scraper-crawl")]
    stop = anyio.Event()
    with anyio.fail_after(90):
        async with anyio.create_task_group() as group:

            async def run() -> None:
                await consume(bus, pulls, handle, work=work, metrics=metrics, stop=stop)

            group.start_soon(run)
            yield stop
            stop.set()


async def enqueue(bus: Bus, *targets: str, lane: Lane = Lane.CRAWL) -> None:
    """Queue requests for targets."""
    for target in targets:
        request = ScrapeRequest.of(target, lane=lane)
        await bus.publish(request.subject, request.encode())


async def until(condition: Callable[[], bool]) -> None:
    """Wait until a condition in this process is true."""
    while not condition():
        await anyio.sleep(0.005)


def settled(verdict: str) -> float:
    """Return the number of deliveries with a verdict."""
    return REGISTRY.get_sample_value("cinestream_test_deliveries_total", {"verdict": verdict}) or 0


async def dead_letters(nats: Bus) -> list[DeadLetter]:
    """Return all dead letters."""
    return [DeadLetter.decode(stored.envelope) for stored in await nats.read("DEAD_LETTERS", start=1, limit=100)]


async def test_handled_request_leaves_the_queue(scraper_bus: Bus, metrics: ConsumeMetrics) -> None:
    """Each request is handled once, and the queue is empty afterwards."""
    seen: list[str] = []

    async def handle(delivery: Delivery) -> None:
        seen.append(ScrapeRequest.decode(delivery.envelope).id)

    ids = [f"tt{n:07}" for n in range(20)]
    await enqueue(scraper_bus, *ids)
    async with consuming(scraper_bus, handle, metrics):
        await until(lambda: len(seen) == 20)
    assert sorted(seen) == ids
    assert (await scraper_bus.stream_state("REQUESTS")).messages == 0


async def test_lane_now_is_handled_before_the_crawl(scraper_bus: Bus, metrics: ConsumeMetrics) -> None:
    """A request of the lane `now` is handled before crawl requests that were queued earlier."""
    seen: list[str] = []

    async def handle(delivery: Delivery) -> None:
        seen.append(delivery.subject.split(".")[2])

    await enqueue(scraper_bus, *[f"tt{n:07}" for n in range(5)])
    await enqueue(scraper_bus, "tt0000099", lane=Lane.NOW)
    async with consuming(scraper_bus, handle, metrics, work=Work("scraper", 1)):
        await until(lambda: len(seen) == 6)
    assert seen[0] == "now"


async def test_invalid_message_becomes_a_dead_letter(scraper_bus: Bus, metrics: ConsumeMetrics) -> None:
    """The complete message is stored with the reason, and leaves the queue."""

    async def handle(delivery: Delivery) -> None:
        raise Invalid("rating: 11 is more than 10")

    await enqueue(scraper_bus, "tt0000001")
    async with consuming(scraper_bus, handle, metrics):
        await until(lambda: settled("dead") == 1)
    (letter,) = await dead_letters(scraper_bus)
    assert letter.reason == "rating: 11 is more than 10"
    assert ScrapeRequest.decode(letter.original).id == "tt0000001"
    assert (await scraper_bus.stream_state("REQUESTS")).messages == 0


async def test_transient_message_is_delivered_again(scraper_bus: Bus, metrics: ConsumeMetrics) -> None:
    """The message is delivered again after `retry_after`, until it is handled."""
    times: list[int] = []

    async def handle(delivery: Delivery) -> None:
        times.append(delivery.delivered)
        if delivery.delivered < 3:
            raise Transient("busy", retry_after=0.05)

    await enqueue(scraper_bus, "tt0000001")
    async with consuming(scraper_bus, handle, metrics):
        await until(lambda: settled("ack") == 1)
    assert times == [1, 2, 3]


async def test_bug_is_retried_and_then_stored_with_its_traceback(scraper_bus: Bus, metrics: ConsumeMetrics) -> None:
    """Only the last failure stores a dead letter."""
    times: list[int] = []

    async def handle(delivery: Delivery) -> None:
        times.append(delivery.delivered)
        raise ZeroDivisionError("oops")

    await enqueue(scraper_bus, "tt0000001")
    async with consuming(scraper_bus, handle, metrics, work=Work("scraper", 2, max_failures=2)):
        await until(lambda: settled("dead") == 1)
    assert times == [1, 2]
    (letter,) = await dead_letters(scraper_bus)
    assert "ZeroDivisionError" in letter.traceback


async def test_message_that_kills_its_worker_becomes_a_dead_letter(scraper_bus: Bus, metrics: ConsumeMetrics) -> None:
    """After too many deliveries the dead letter is stored without a call of the handler."""
    called = anyio.Event()

    async def handle(delivery: Delivery) -> None:
        called.set()

    await enqueue(scraper_bus, "tt0000001")
    pull = await scraper_bus.pull("REQUESTS", "scraper-crawl")
    for _ in range(3):  # three workers that crashed while they handled it
        (delivery,) = await pull.fetch(1, wait=30)
        await delivery.nak()
    async with consuming(scraper_bus, handle, metrics, work=Work("scraper", 2, max_deliveries=3)):
        await until(lambda: settled("dead") == 1)
    assert not called.is_set()


async def test_unfinished_delivery_is_returned_when_the_loop_stops(scraper_bus: Bus, metrics: ConsumeMetrics) -> None:
    """A handler that exceeds the grace period is cancelled, and another worker gets the message."""
    started = anyio.Event()

    async def handle(delivery: Delivery) -> None:
        started.set()
        await anyio.sleep_forever()

    await enqueue(scraper_bus, "tt0000001")
    async with consuming(scraper_bus, handle, metrics, work=Work("scraper", 2, grace=0.1)):
        await started.wait()
    pull = await scraper_bus.pull("REQUESTS", "scraper-crawl")
    with anyio.fail_after(60):
        (delivery,) = await pull.fetch(1, wait=30)
    assert delivery.delivered == 2


async def test_long_running_work_is_not_delivered_again(
    topology: NatsServer, scraper_bus: Bus, metrics: ConsumeMetrics
) -> None:
    """Work that takes longer than ack_wait reports progress, and no other worker gets the message."""
    release, started = anyio.Event(), anyio.Event()

    async def handle(delivery: Delivery) -> None:
        started.set()
        await release.wait()

    await topology.shorten_ack_wait("REQUESTS", "scraper-crawl", seconds=2)
    await enqueue(scraper_bus, "tt0000001")
    other = await scraper_bus.pull("REQUESTS", "scraper-crawl")
    async with consuming(scraper_bus, handle, metrics, work=Work("scraper", 1, ack_wait=2)):
        await started.wait()
        assert await other.fetch(1, wait=5) == []
        release.set()
    assert settled("ack") == 1
