"""The number of connections of a server."""

import asyncio

import pytest
from prometheus_client import REGISTRY
from tests.shared.runtime.http.test_protocol import get
from tests.shared.runtime.http.tiny_server import GET, Client, Served, serving

pytestmark = pytest.mark.anyio


def metric(name: str, **labels: str) -> float:
    """Return the value of a metric of the test's server."""
    return REGISTRY.get_sample_value(f"cinestream_http_{name}", {"server": "test", **labels}) or 0.0


async def waiting(served: Served, count: int) -> list[Client]:
    """Open connections whose requests wait for their answers."""
    busy = []
    for number in range(count):
        busy.append(await served.connect())
        await busy[-1].send(get("/wait"))
        while len(served.app.seen) <= number:
            await asyncio.sleep(0.01)
    return busy


async def test_an_idle_connection_makes_room() -> None:
    """At the limit the connection that has been idle longest is closed."""
    async with serving(connections=5) as served:
        first = await served.connect()
        kept = await served.connect()
        for _ in range(3):
            await served.connect()
        await kept.send(GET)
        assert (await kept.answer()).status == 200
        for _ in range(4):
            assert (await served.ask(GET)).status == 200
        assert await first.rest() == b""
        await kept.send(GET)
        assert (await kept.answer()).status == 200
        assert metric("refused_total", reason="evicted") >= 4


async def test_the_newest_is_refused_when_none_is_idle() -> None:
    """Running requests are not cut for new ones."""
    async with serving(connections=2, spare=1) as served:
        refused = metric("refused_total", reason="full")
        busy = await waiting(served, 3)
        newest = await served.connect()
        assert await newest.rest() == b""
        assert metric("refused_total", reason="full") == refused + 1
        served.app.go.set()
        assert [(await client.answer()).status for client in busy] == [200] * 3


async def test_a_request_that_ends_gives_its_place_back() -> None:
    """Spare connections last only as long as all others are busy."""
    async with serving(connections=2, spare=2) as served:
        busy = await waiting(served, 4)
        served.app.go.set()
        assert [(await client.answer()).status for client in busy] == [200] * 4
        while len(served.server.server_state.connections) > 2:
            await asyncio.sleep(0.01)


async def test_connections_are_counted_by_state() -> None:
    """The gauge shows idle connections and running requests."""
    async with serving() as served:
        await served.connect()
        busy = await served.connect()
        await busy.send(get("/wait"))
        await served.ask(GET)
        while metric("connections", state="request") != 1 or metric("connections", state="idle") != 2:
            await asyncio.sleep(0.02)


async def test_a_flood_leaves_the_limit_unchanged() -> None:
    """Never are more connections open than the limit allows, and each request is answered meanwhile."""
    async with serving(connections=10, spare=0) as served:
        async with asyncio.TaskGroup() as group:
            for _ in range(200):
                group.create_task(served.connect())
        assert (await served.ask(GET)).status == 200
        assert len(served.server.server_state.connections) <= 10
