"""`cinestream-etl dead-letters`: the way of a rejected page."""

import anyio
import orjson
import pytest
from tests.etl.command import run_with_bus
from tests.etl.pages import SamplePage
from tests.nats_server import NatsServer

from cinestream.bus.consume import Work, consume
from cinestream.bus.jetstream import Bus
from cinestream.contracts import Outcome
from cinestream_etl import metrics
from cinestream_etl.service import handle

pytestmark = pytest.mark.anyio
BROKEN = SamplePage("tt0000001", rating=77.0)


async def _run_worker(bus: Bus, letters: int) -> None:
    """Run a worker until there are `letters` dead letters and no page is left."""
    stop = anyio.Event()
    pull = await bus.pull("PAGES", "etl")
    async with anyio.create_task_group() as group:
        group.start_soon(
            lambda: consume(
                bus,
                [pull],
                lambda d: handle(bus, d),
                work=Work("etl", concurrency=4),
                metrics=metrics.CONSUME,
                stop=stop,
            )
        )
        with anyio.fail_after(60):
            while await _letters(bus) < letters or await _unfinished(bus):
                await anyio.sleep(0.01)
        stop.set()


async def _letters(bus: Bus) -> int:
    return (await bus.stream_state("DEAD_LETTERS")).messages


async def _unfinished(bus: Bus) -> int:
    state = await bus.consumer_state("PAGES", "etl")
    return state.pending + state.unacknowledged


async def _command(nats: NatsServer, *arguments: str) -> str:
    done = await run_with_bus(nats, "dead-letters", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


async def test_a_rejected_page_is_listed_shown_retried_and_purged(
    topology: NatsServer, scraper_bus: Bus, etl_bus: Bus
) -> None:
    """The list shows the reason, a retried page is rejected again, and a purged one is gone."""
    page = BROKEN.raw_page(Outcome.FILM)
    await scraper_bus.publish(page.subject, page.encode())
    await _run_worker(etl_bus, 1)
    first = orjson.loads((await _command(topology, "list", "--json")).splitlines()[0])
    assert "expected rating between 1 and 10, got '77.0'" in first["reason"]
    assert page.subject in await _command(topology, "show", str(first["number"]))
    await _command(topology, "retry", "--all")
    assert await _letters(etl_bus) == 0
    await _run_worker(etl_bus, 1)
    await _command(topology, "purge", "--all")
    assert await _letters(etl_bus) == 0
    assert await _unfinished(etl_bus) == 0
