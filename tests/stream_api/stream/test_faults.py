"""Failures of NATS: streams stay open, and films published meanwhile arrive once."""

import random
from collections.abc import AsyncIterator, Callable

import anyio
import httpx2
import pytest
from tests.nats_server import NatsServer
from tests.stream_api.films import publish
from tests.stream_api.proxy import proxy_to
from tests.stream_api.serving import Api, serving
from tests.stream_api.sse import Event, take
from tests.stream_api.streams import limit_history, recreate_streams

from cinestream.bus.jetstream import Bus

pytestmark = pytest.mark.anyio


async def films(stream: AsyncIterator[Event], count: int) -> list[int]:
    """Return the sequences of the next films."""
    found: list[int] = []
    with anyio.fail_after(60):
        while len(found) < count:
            event = await anext(stream)
            if event.name == "movie":
                found.append(event.sequence)
    return found


async def back(bus: Bus) -> None:
    """Wait until the bus is connected again."""
    with anyio.fail_after(60):
        while not bus.connected:
            await anyio.sleep(0.005)


async def test_an_open_stream_survives_a_crash_of_nats(topology: NatsServer, etl_bus: Bus, stream_bus: Bus) -> None:
    """The stream stays open with heartbeats, /readyz reports the failure, and each film arrives once."""
    async with serving(stream_bus, stream_heartbeat=0.5) as api, api.stream() as stream:
        await publish(etl_bus, 1)
        assert await films(stream, 1) == [1]
        topology.kill()
        with anyio.fail_after(60):
            while (await api.client.get("/readyz")).status_code != 503:
                await anyio.sleep(0.005)
        with anyio.fail_after(30):
            for _ in range(3):
                assert (await anext(stream)).name == ":"
        topology.start()
        await back(etl_bus)
        await publish(etl_bus, 2, 3)
        assert await films(stream, 2) == [2, 3]
        await publish(etl_bus, 4)
        assert await films(stream, 1) == [4]
        assert (await api.client.get("/readyz")).status_code == 200


async def test_messages_lost_in_a_disconnect_are_read_from_history(topology: NatsServer, etl_bus: Bus) -> None:
    """Films published while only our connection was broken arrive, even if no other film follows."""
    async with proxy_to(topology.port) as proxy:
        url, password = f"nats://127.0.0.1:{proxy.port}", topology.passwords["stream-api"]
        bus = await Bus.connect(url, name="cut", user="stream-api", password=password)
        async with serving(bus, stream_heartbeat=300) as api, api.stream() as stream:
            await publish(etl_bus, 1)
            assert await films(stream, 1) == [1]
            proxy.break_off()
            await publish(etl_bus, *range(2, 602))
            proxy.mend()
            assert await films(stream, 600) == list(range(2, 602))
            assert api.metric("gaps_total", cause="lost") == 0
        await bus.close()


async def test_history_that_was_cut_meanwhile_is_a_gap_in_open_streams(topology: NatsServer, etl_bus: Bus) -> None:
    """When history no longer holds the missed films, the open stream reports them."""
    async with proxy_to(topology.port) as proxy:
        url, password = f"nats://127.0.0.1:{proxy.port}", topology.passwords["stream-api"]
        bus = await Bus.connect(url, name="cut", user="stream-api", password=password)
        async with serving(bus) as api, api.stream("?event=message") as stream:
            await publish(etl_bus, 1)
            assert [(await anext(stream)).sequence for _ in range(2)] == [0, 1]
            proxy.break_off()
            await limit_history(topology, max_msgs=2)
            await publish(etl_bus, *range(2, 10))
            proxy.mend()
            gap, first = await take(stream, 2)
            epoch = gap.id.partition("-")[0]
            assert (gap.name, gap.sequence, first.name, first.sequence) == ("gap", 7, "message", 8)
            assert gap.json == {"requested": f"{epoch}-1", "first_available": f"{epoch}-8", "missed": 6}
        await bus.close()


async def test_a_recreated_stream_is_a_gap_in_open_streams(topology: NatsServer, etl_bus: Bus, stream_bus: Bus) -> None:
    """The open stream reports the new epoch, then sends all events of the new stream under their new ids."""
    async with serving(stream_bus) as api, api.stream() as stream:
        await publish(etl_bus, 1, 2, 3)
        assert await films(stream, 3) == [1, 2, 3]
        await recreate_streams(topology)
        await back(etl_bus)
        await publish(etl_bus, 11, 12, 13, 14)
        with anyio.fail_after(60):
            gap = await anext(stream)
            while gap.name != "gap":
                gap = await anext(stream)
        assert gap.json["missed"] is None
        assert gap.json["requested"].partition("-")[0] != gap.id.partition("-")[0]
        shown: list[tuple[int, str]] = []
        with anyio.fail_after(60):
            while len(shown) < 4:
                event = await anext(stream)
                if event.name == "movie":
                    shown.append((event.sequence, event.json["id"]))
        assert shown == [(n, f"tt{n + 10:07}") for n in range(1, 5)]


async def test_without_nats_a_browser_gets_a_retry_time(
    topology: NatsServer, stream_bus: Bus, impatient: Callable[[], None]
) -> None:
    """A stream that needs history is refused. A live stream can be opened, and a film is a 503."""
    async with serving(stream_bus) as api:
        impatient()
        topology.kill()

        async def open_history() -> None:
            async with api.stream("?last_event_id=earliest") as stream:
                assert (await anext(stream)).name == "busy"

        async def get_film() -> None:
            assert (await api.client.get("/api/movies/tt0000001")).status_code == 503

        async def open_live() -> None:
            async with api.stream() as stream:
                assert (await anext(stream)).name == "position"

        async with anyio.create_task_group() as group:
            for ask in (open_history, get_film, open_live):
                group.start_soon(ask)


class Client:
    """A client that loses its connection at random, and keeps a log of the received sequences."""

    def __init__(self, api: Api, chance: random.Random) -> None:
        self.log: list[int] = []
        self.gaps = 0
        self._api = api
        self._chance = chance
        self._id = ""

    async def run(self, until: int) -> None:
        """Read until the film with that sequence has arrived."""
        while not self.log or self.log[-1] < until:
            headers = {"Last_Event_ID": self._id} if self._id else {}
            try:
                async with self._api.stream("?last_event_id=earliest", **headers) as stream:
                    await self._read(stream, self._chance.choice([1, 3, 50, 400]), until)
            except httpx2.HTTPError:
                await anyio.sleep(0.01)

    async def _read(self, stream: AsyncIterator[Event], limit: int, until: int) -> None:
        async for event in stream:
            if event.name in ("busy", ":"):
                continue
            self._id = event.id
            self.gaps += event.name == "gap"
            if event.name == "movie":
                self.log.append(event.sequence)
                if event.sequence >= until or (limit := limit - 1) == 0:
                    return


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", range(3))
async def test_the_log_of_a_client_has_no_gap_and_no_repetition(topology: NatsServer, etl_bus: Bus, seed: int) -> None:
    """The log of each client has all sequences in order, whatever fails at whatever moment."""
    chance, total = random.Random(seed), 1500
    async with proxy_to(topology.port) as proxy:
        url, password = f"nats://127.0.0.1:{proxy.port}", topology.passwords["stream-api"]
        bus = await Bus.connect(url, name="cut", user="stream-api", password=password)
        async with serving(bus, stream_ring_events=64, stream_heartbeat=0.5) as api:
            clients = [Client(api, random.Random(f"{seed}.{n}")) for n in range(4)]
            with anyio.fail_after(240):
                async with anyio.create_task_group() as group:
                    for client in clients:
                        group.start_soon(client.run, total)
                    at = 0
                    while at < total:
                        some = min(chance.choice([1, 5, 90, 200]), total - at)
                        await publish(etl_bus, *range(at + 1, at + some + 1))
                        at += some
                        match chance.randrange(6):
                            case 0:
                                proxy.break_off()
                            case 1 | 2:
                                proxy.mend()
                            case 3:
                                await anyio.sleep(0.05)
                    proxy.mend()
            for client in clients:
                assert client.log == list(range(1, total + 1))
                assert client.gaps == 0
        await bus.close()
