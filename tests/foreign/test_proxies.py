"""The stream through reverse proxies, also through those that compress."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import httpx
import httpx_sse
import pytest
from tests.foreign.clients import CLIENTS
from tests.foreign.proxies import HAPROXY, NGINX, PROXIES, ReverseProxy
from tests.stream_api.films import publish
from tests.stream_api.proxy import Proxy, proxy_to
from tests.stream_api.serving import STREAM, serving

from cinestream.bus.jetstream import Bus

pytestmark = [pytest.mark.anyio, pytest.mark.foreign]
IN_TIME = 1.0
"""Seconds after its publication within which a film must arrive."""


@pytest.fixture
async def upstream(stream_bus: Bus) -> AsyncIterator[Proxy]:
    """Run stream-api behind a port that can refuse connections, as if the server was killed."""
    async with serving(stream_bus, stream_retry_ms=50) as api, proxy_to(int(api.url.rpartition(":")[2])) as port:
        yield port


@asynccontextmanager
async def stream(client: httpx.AsyncClient, last_id: str = "") -> AsyncIterator[httpx_sse.EventSource]:
    """Open a stream, after this id if there is one. Try again while the proxy has no server."""
    headers = {"Last-Event-ID": last_id} if last_id else {}
    while True:
        async with httpx_sse.aconnect_sse(client, "GET", STREAM, headers=headers) as source:
            if source.response.status_code == 200:
                yield source
                return
        await anyio.sleep(0.05)


@pytest.mark.parametrize("proxy", PROXIES, ids=lambda proxy: proxy.name)
async def test_films_arrive_in_time_and_a_stream_is_resumed(
    proxy: ReverseProxy, upstream: Proxy, etl_bus: Bus, tmp_path: Path
) -> None:
    """A film arrives within a second of its publication. When the server is back, the client resumes."""
    if reason := proxy.missing():
        pytest.skip(reason)
    with proxy.before(upstream.port, tmp_path) as url, anyio.fail_after(60):
        async with httpx.AsyncClient(base_url=url, headers={"Accept-Encoding": "gzip"}) as client:
            async with stream(client) as source:
                assert ("content-encoding" in source.response.headers) == proxy.compresses
                events = source.aiter_sse()
                assert (await anext(events)).event == "position"
                published = time.monotonic()
                await publish(etl_bus, 1)
                film = await anext(events)
                assert time.monotonic() - published < IN_TIME
                assert (film.event, film.json()["id"]) == ("movie", "tt0000001")
                upstream.break_off()
                with pytest.raises((httpx.RemoteProtocolError, StopAsyncIteration)):
                    await anext(events)
            await publish(etl_bus, 2, 3)
            upstream.mend()
            async with stream(client, film.id) as source:
                events = source.aiter_sse()
                names = [event.json().get("id", event.event) for event in [await anext(events) for _ in range(4)]]
            assert names == ["position", "tt0000002", "tt0000003", "live"]


@pytest.mark.parametrize("proxy", [NGINX, HAPROXY], ids=lambda proxy: proxy.name)
async def test_an_event_source_waits_for_the_server(
    proxy: ReverseProxy, upstream: Proxy, etl_bus: Bus, tmp_path: Path
) -> None:
    """Without a server, the proxy answers as the page configures it, so that an EventSource reconnects."""
    (client,) = (client for client in CLIENTS if client.name == "eventsource4")
    if reason := proxy.missing() or client.missing:
        pytest.skip(reason)
    with (
        proxy.before(upstream.port, tmp_path) as url,
        client.running(f"{url}{STREAM}?last_event_id=earliest", tmp_path) as source,
        anyio.fail_after(60),
    ):
        await publish(etl_bus, 1)
        await source.until("movie", 1)
        upstream.break_off()
        await source.until("busy", 2)
        await publish(etl_bus, 2)
        upstream.mend()
        await source.until("movie", 2)
        assert source.films() == [1, 2]
        assert not source.fault
