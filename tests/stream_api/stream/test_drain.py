"""The shutdown of a server with open streams, and the delays after which its clients reconnect."""

import time
from dataclasses import dataclass, field

import anyio
import pytest
from tests.stream_api.serving import STREAM, Api, serving
from tests.stream_api.sse import Reader

from cinestream.bus.jetstream import Bus

pytestmark = pytest.mark.anyio
CLIENTS = 40


@dataclass
class Clients:
    """Clients that read their streams to the end."""

    first_retries: list[int] = field(default_factory=list)
    last_retries: list[int] = field(default_factory=list)
    ended: list[tuple[int, float]] = field(default_factory=list)

    async def read(self, api: Api, number: int, *, task_status: anyio.abc.TaskStatus[None]) -> None:
        """Read a stream to its end, which must be complete."""
        reader = Reader()
        async with api.client.stream("GET", STREAM) as response:
            async for chunk in response.aiter_raw():
                if reader.feed(chunk) and len(self.first_retries) == number:
                    self.first_retries.append(reader.retry or 0)
                    task_status.started()
        self.ended.append((number, time.monotonic()))
        self.last_retries.append(reader.retry or 0)


async def open_clients(api: Api, group: anyio.abc.TaskGroup, count: int = CLIENTS) -> Clients:
    """Open streams, one after the other."""
    clients = Clients()
    for number in range(count):
        await group.start(clients.read, api, number)
    return clients


async def test_streams_end_in_random_order_over_the_drain(stream_bus: Bus) -> None:
    """Each has a delay of its own, and the ends are spread evenly over the seconds of the setting."""
    async with serving(stream_bus, stream_drain_seconds=1) as api:
        async with anyio.create_task_group() as group:
            clients = await open_clients(api, group)
            started = time.monotonic()
            api.stop.set()
        ends = sorted(end - started for _, end in clients.ended)
        assert [number for number, _ in clients.ended] != list(range(CLIENTS))
        assert ends[-1] < 2
        assert ends[CLIENTS // 2] > 0.4
        assert len({int(10 * end) for end in ends}) >= 9
        assert len(set(clients.last_retries)) > CLIENTS // 2
        assert api.metric("disconnects_total", reason="shutdown") == CLIENTS


async def test_a_draining_server_takes_no_new_stream(stream_bus: Bus) -> None:
    """It is not ready, and answers `busy`, while the open streams still run."""
    async with serving(stream_bus, stream_drain_seconds=60) as api, anyio.create_task_group() as group:
        clients = await open_clients(api, group, 10)
        api.stop.set()
        await api.until("disconnects_total", 1, reason="shutdown")
        busy = await api.client.get(STREAM, headers={"Accept": "text/event-stream"})
        assert (busy.status_code, busy.text.count("event: busy")) == (200, 1)
        assert (await api.client.get(STREAM, headers={"Accept": "application/x-ndjson"})).status_code == 503
        assert len(clients.ended) < 10
        api.stop_now.set()


async def test_a_second_signal_ends_a_drain(stream_bus: Bus) -> None:
    """The remaining streams end at once, with closing blocks."""
    async with serving(stream_bus, stream_drain_seconds=60) as api:
        with anyio.fail_after(10):
            async with anyio.create_task_group() as group:
                clients = await open_clients(api, group, 10)
                api.stop.set()
                await api.until("disconnects_total", 1, reason="shutdown")
                api.stop_now.set()
        assert len(clients.ended) == 10


async def test_clients_of_a_server_that_crashes_return_spread_out(stream_bus: Bus) -> None:
    """The first block already gives each client a delay of its own."""
    async with serving(stream_bus, stream_retry_ms=2000) as api, anyio.create_task_group() as group:
        clients = await open_clients(api, group)
        assert len(set(clients.first_retries)) > CLIENTS // 2
        assert all(2000 <= retry <= 4000 for retry in clients.first_retries)
        assert max(clients.first_retries) - min(clients.first_retries) > 1000
        api.stop.set()
