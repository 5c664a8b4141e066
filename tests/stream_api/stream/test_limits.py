"""The limits on the number and the lifetime of streams."""

from contextlib import AsyncExitStack

import anyio
import pytest
from tests.stream_api.films import publish
from tests.stream_api.serving import STREAM, serving

from cinestream.bus.jetstream import Bus

pytestmark = pytest.mark.anyio


async def test_an_address_is_limited(etl_bus: Bus, stream_bus: Bus) -> None:
    """Beyond the limit a browser gets a retry time, and other clients get a 429. A stream that ends makes room."""
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


async def test_clients_behind_a_trusted_proxy_are_limited_separately(stream_bus: Bus) -> None:
    """Each forwarded address has its own limit."""
    limits = {"stream_max_clients_per_address": 1, "stream_trusted_proxies": "127.0.0.0/8, ::1"}
    async with (
        serving(stream_bus, **limits) as api,
        api.stream(X_Forwarded_For="192.0.2.1") as one,
        api.stream(X_Forwarded_For="192.0.2.2") as two,
    ):
        assert [(await anext(one)).name, (await anext(two)).name] == ["position", "position"]
        ndjson = {"Accept": "application/x-ndjson"}
        third = await api.client.get(STREAM, headers=ndjson | {"X-Forwarded-For": "192.0.2.9, 192.0.2.2"})
        assert third.status_code == 429


async def test_by_default_only_public_addresses_are_limited(stream_bus: Bus) -> None:
    """A public address may open 100 streams, divided among the workers. A private address has no limit."""
    async with (
        serving(stream_bus, stream_workers=64, stream_trusted_proxies="127.0.0.1") as api,
        AsyncExitStack() as streams,
    ):
        for address in ("198.51.100.1", "10.0.0.1"):
            for _ in range(2):
                await streams.enter_async_context(api.stream(X_Forwarded_For=address))
        await streams.enter_async_context(api.stream(X_Forwarded_For="10.0.0.1"))
        accept = {"Accept": "application/x-ndjson", "X-Forwarded-For": "198.51.100.1"}
        assert (await api.client.get(STREAM, headers=accept)).status_code == 429


async def test_a_failed_opening_does_not_count(etl_bus: Bus, stream_bus: Bus) -> None:
    """A malformed query, or a history that does not answer, leaves the limit unchanged."""
    async with serving(stream_bus, stream_max_clients=1) as api:
        for _ in range(3):
            assert (await api.client.get(f"{STREAM}?last_event_id=nonsense")).status_code == 400
            assert (await api.client.head(STREAM)).status_code == 200
        async with api.stream() as stream:
            assert (await anext(stream)).name == "position"


async def test_a_stream_ends_at_its_lifetime(etl_bus: Bus, stream_bus: Bus) -> None:
    """It ends cleanly with a retry time, and its client resumes without a loss."""
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
