"""stream-api's limits on how many streams there are, and how long they last."""

import anyio
import pytest
from tests.stream_api.films import publish
from tests.stream_api.serving import STREAM, serving

from cinestream.bus.jetstream import Bus

pytestmark = pytest.mark.anyio


async def test_one_address_gets_its_share_and_no_more(etl_bus: Bus, stream_bus: Bus) -> None:
    """Over it a browser is told to come again, others get 429; a place that is given back can be taken."""
    async with serving(stream_bus, stream_max_clients_per_address=1) as api:
        async with api.stream() as stream:
            assert (await anext(stream)).name == "position"
            sse = await api.client.get(STREAM, headers={"Accept": "text/event-stream"})
            assert (sse.status_code, sse.text.count("event: busy")) == (200, 1)
            other = await api.client.get(STREAM, headers={"Accept": "application/x-ndjson"})
            assert (other.status_code, other.json()["title"]) == (429, "Too Many Requests")
            assert int(other.headers["retry-after"]) > 0
            assert api.metric("refused_total", reason="address") == 2
        with anyio.fail_after(60):
            await api.until("disconnects_total", 1, reason="client")
            async with api.stream() as stream:
                assert (await anext(stream)).name == "position"


async def test_clients_behind_a_trusted_proxy_are_told_apart(stream_bus: Bus) -> None:
    """Each forwarded address has its own share."""
    limits = {"stream_max_clients_per_address": 1, "stream_trusted_proxies": "127.0.0.0/8, ::1"}
    async with (
        serving(stream_bus, **limits) as api,
        api.stream(X_Forwarded_For="192.0.2.1") as one,
        api.stream(X_Forwarded_For="192.0.2.2") as two,
    ):
        assert [(await anext(one)).name, (await anext(two)).name] == ["position", "position"]
        third = await api.client.get(STREAM, headers={"X-Forwarded-For": "192.0.2.9, 192.0.2.2"})
        assert third.status_code == 429


async def test_a_failed_opening_gives_its_place_back(etl_bus: Bus, stream_bus: Bus) -> None:
    """A malformed query or a history that does not answer costs no place."""
    async with serving(stream_bus, stream_max_clients=1) as api:
        for _ in range(3):
            assert (await api.client.get(f"{STREAM}?last_event_id=nonsense")).status_code == 400
            assert (await api.client.head(STREAM)).status_code == 200
        async with api.stream() as stream:
            assert (await anext(stream)).name == "position"


async def test_a_stream_ends_when_it_has_lived_long_enough(etl_bus: Bus, stream_bus: Bus) -> None:
    """It ends cleanly, with a time to come again, and its client resumes without a loss."""
    async with serving(stream_bus, stream_max_lifetime=3, stream_heartbeat=0.3) as api:
        await publish(etl_bus, 1)
        with anyio.fail_after(60):
            async with api.stream("?last_event_id=earliest") as stream:
                first = [event.id async for event in stream if event.name == "movie"]
            assert len(first) == 1
            await api.until("disconnects_total", 1, reason="lifetime")
            await publish(etl_bus, 2)
            async with api.stream(Last_Event_ID=first[0]) as stream:
                films = [event.sequence async for event in stream if event.name == "movie"]
            assert films == [2]
