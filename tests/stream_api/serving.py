"""stream-api inside the event loop of a test."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import anyio
import httpx2
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from tests.stream_api.sse import Event, events

from cinestream.bus.jetstream import Bus
from cinestream.runtime import http
from cinestream.runtime.ops import Health, ops_app
from cinestream.runtime.service import Context
from cinestream_stream_api.metrics import StreamMetrics
from cinestream_stream_api.process.ops_streams import OwnStreams, stream_routes
from cinestream_stream_api.process.service import serve
from cinestream_stream_api.settings import StreamSettings

STREAM = "/api/movies/stream"


@dataclass
class Api:
    """A running stream-api."""

    url: str
    client: httpx2.AsyncClient
    registry: CollectorRegistry
    stop: anyio.Event
    stop_now: anyio.Event
    ops: Starlette

    def metric(self, name: str, **labels: str) -> float:
        """Return the value of a metric, or 0."""
        return self.registry.get_sample_value(f"cinestream_stream_{name}", labels) or 0.0

    async def until(self, name: str, minimum: float, **labels: str) -> None:
        """Wait until a metric has at minimum this value."""
        while self.metric(name, **labels) < minimum:
            await anyio.sleep(0.005)

    @asynccontextmanager
    async def stream(self, query: str = "", **headers: str) -> AsyncIterator[AsyncIterator[Event]]:
        """Open a stream and return its events."""
        all_headers = {b"accept": b"text/event-stream"} | {
            k.replace("_", "-").encode(): v.encode() for k, v in headers.items()
        }
        async with self.client.stream("GET", f"{STREAM}{query}", headers=all_headers) as response:
            assert response.status_code == 200, await response.aread()
            yield events(response.aiter_raw())


def operator_of(ops: Starlette, address: str = "127.0.0.1") -> httpx2.AsyncClient:
    """Return a client of ops endpoints that has this address."""
    transport = httpx2.ASGITransport(ops, client=(address, 1))
    return httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=60)


@asynccontextmanager
async def serving(bus: Bus, limits: Any = None, **settings: Any) -> AsyncIterator[Api]:
    """Run the service on a free port with this connection to NATS."""
    sock = http.bind("127.0.0.1", 0, setting="CINESTREAM_STREAM_PORT")
    url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    registry, stop, stop_now = CollectorRegistry(), anyio.Event(), anyio.Event()
    health = Health("ready", lambda: bus.connected)
    context = Context(StreamSettings(**settings), bus, health, stop, stop_now)
    open_streams = OwnStreams()
    ops = ops_app(health, stream_routes(open_streams, context.settings.ops_token))
    many = httpx2.Limits(max_connections=None)
    async with (
        httpx2.AsyncClient(base_url=url, timeout=60, limits=many) as client,
        anyio.create_task_group() as group,
    ):
        ended = anyio.Event()

        async def run() -> None:
            await serve(sock, StreamMetrics(registry), context, streams=open_streams, limits=limits or http.Limits())
            ended.set()

        group.start_soon(run)
        with anyio.fail_after(60):
            while True:
                try:
                    await client.get("/livez")
                    break
                except httpx2.ConnectError:
                    await anyio.sleep(0.005)
        try:
            yield Api(url, client, registry, stop, stop_now, ops)
        finally:
            stop.set()
            with anyio.CancelScope(shield=True):
                await ended.wait()
