"""Resuming as a property: after any faults in any order, a client's log is the stream, or reports where it was cut.

The log of a client that wants distinct films has the newest version of each.

`CINESTREAM_EXAMPLES=100 pytest tests/stream_api/stream/test_resume.py` tries 100 random histories.
"""

import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

import anyio
import httpx2
import pytest
from anyio.to_thread import run_sync
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from tests.conftest import EXAMPLES
from tests.nats_server import NatsServer
from tests.stream_api.films import PAGE_TIME, movie
from tests.stream_api.server_process import Process
from tests.stream_api.sse import Event, events
from tests.stream_api.streams import declare_streams, limit_history

from cinestream.bus.jetstream import Bus
from cinestream.contracts import Movie, Transient

SMALL_RING = {"CINESTREAM_STREAM_RING_EVENTS": "16", "CINESTREAM_STREAM_HEARTBEAT": "1"}
LARGE = {"stars": ["x" * 1000] * 20}
PATIENCE = 60

Step: TypeAlias = tuple[str, int]

STEPS = st.one_of(
    st.tuples(st.just("publish"), st.integers(1, 40)),
    st.tuples(st.just("disconnect"), st.integers(0, 40)),
    st.tuples(st.just("stall"), st.integers(20, 60)),
    st.tuples(st.just("cut, keeping"), st.integers(1, 30)),
    st.tuples(st.sampled_from(["kill stream-api", "stop stream-api", "kill NATS"]), st.integers(0, 40)),
)


class Client:
    """A client that reads from the first film on, resumes whenever its connection ends, and checks each event.

    Args:
        url: of the service.
        **query: further parameters of the stream.
    """

    def __init__(self, url: str, **query: str) -> None:
        self.at = 0
        self.films: dict[str, int] = {}
        self.gaps: list[int] = []
        self.reading = anyio.Event()
        self.reading.set()
        self._url = url
        self._query = {"last_event_id": "earliest"} | query
        self._id = ""
        self._connection = anyio.CancelScope()

    def disconnect(self) -> None:
        """Break the connection."""
        self._connection.cancel()

    async def until(self, sequence: int) -> None:
        """Wait until all events up to a sequence have arrived or were reported as missing."""
        with anyio.fail_after(PATIENCE):
            while self.at < sequence:
                await anyio.sleep(0.01)

    async def run(self) -> None:
        """Read until cancelled."""
        # A small buffer, so that the server soon notices a client that stalls.
        options = [(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)]
        async with httpx2.AsyncClient(
            base_url=self._url, timeout=20, transport=httpx2.AsyncHTTPTransport(socket_options=options)
        ) as client:
            while True:
                with anyio.CancelScope() as self._connection:
                    try:
                        await self._read(client)
                    except httpx2.HTTPError:
                        await anyio.sleep(0.02)

    async def _read(self, client: httpx2.AsyncClient) -> None:
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": self._id} if self._id else {})
        async with client.stream("GET", "/api/movies/stream", params=self._query, headers=headers) as response:
            if response.status_code == 204:
                await anyio.sleep(0.02)
                return
            assert response.status_code == 200
            async for event in events(response.aiter_raw()):
                await self.reading.wait()
                self._check(event)

    def _check(self, event: Event) -> None:
        if event.name in ("busy", ":"):
            return
        if event.name == "gap":
            requested, first = (int(event.json[name].rpartition("-")[2]) for name in ("requested", "first_available"))
            assert self.follows(requested, self.at)
            assert first == event.sequence + 1
            assert event.json["missed"] == event.sequence - requested > 0
            self.gaps.append(event.sequence)
        elif event.name == "movie":
            assert self.follows(event.sequence, self.at + 1), f"after {self.at} came {event.id}"
            self.films[event.json["id"]] = event.sequence
        elif self._id:
            assert self.follows(event.sequence, self.at), f"{event.name} at {self.at} says {event.id}"
        self.at, self._id = event.sequence, event.id

    def follows(self, sequence: int, expected: int) -> bool:
        """Return True if an event may have this sequence. Versions that a newer one follows may be left out."""
        return sequence >= expected if "distinct" in self._query else sequence == expected


class World:
    """The parts of a run, the faults so far, and the films that the stream must hold."""

    def __init__(self, nats: NatsServer, api: Process, bus: Bus, clients: list[Client]) -> None:
        self.nats, self.api, self.bus, self.clients = nats, api, bus, clients
        self.last = 0
        self.newest: dict[str, int] = {}
        self.cuts: set[int] = set()

    async def publish(self, count: int, **changes: Any) -> None:
        """Store so many films, and repeat while the connection fails."""
        for number in range(count):
            with anyio.fail_after(PATIENCE):
                film = movie(number, **changes)
                self.last = self.newest[film.id] = await self._store(film)

    async def _store(self, film: Movie) -> int:
        while True:
            try:
                return await self.bus.publish(film.subject, film.encode(page_time=PAGE_TIME))
            except Transient:
                await anyio.sleep(0.05)

    async def do(self, step: str, count: int) -> None:
        """Do a step, and store `count` films meanwhile."""
        match step:
            case "publish":
                await self.publish(count)
            case "disconnect":
                for client in self.clients:
                    client.disconnect()
                await self.publish(count)
            case "stall":
                for client in self.clients:
                    client.reading = anyio.Event()
                await self.publish(count, **LARGE)
                for client in self.clients:
                    client.reading.set()
            case "cut, keeping":
                await self._cut(count)
            case "kill NATS":
                self.nats.kill()
                await run_sync(self.nats.start)
                await self.publish(count)
            case _:
                await run_sync(self.api.kill if step.startswith("kill") else self.api.terminate)
                await self.publish(count)
                await run_sync(self.api.start)

    async def _cut(self, keep: int) -> None:
        """Delete all but the newest films from history."""
        if self.last <= keep:
            return
        await limit_history(self.nats, max_msgs=keep)
        await limit_history(self.nats, max_msgs=-1)
        self.cuts.add(self.last - keep)


@asynccontextmanager
async def world(folder: Path) -> AsyncIterator[World]:
    """Start all parts, with clients that read: one for ever, two up to what is stored, again and again."""
    nats = NatsServer(folder)
    nats.start()
    api = Process(nats, folder / "stream-api.log", settings=SMALL_RING)
    try:
        await declare_streams(nats)
        await run_sync(api.start)
        bus = await nats.connect("etl")
        clients = [Client(api.url), Client(api.url, until="live"), Client(api.url, until="live", distinct="true")]
        async with anyio.create_task_group() as group:
            for client in clients:
                group.start_soon(client.run)
            yield World(nats, api, bus, clients)
            group.cancel_scope.cancel()
        await bus.close()
    finally:
        api.kill()
        nats.kill()


async def live_through(steps: list[Step]) -> None:
    """Do all steps, then check that the client has reached the end."""
    with tempfile.TemporaryDirectory() as folder:
        async with world(Path(folder)) as parts:
            for step in steps:
                note(f"{step} at {parts.last}")
                await parts.do(*step)
            await parts.publish(1)
            for client in parts.clients:
                await client.until(parts.last)
                assert client.at == parts.last
                assert set(client.gaps) <= parts.cuts, "a gap where history was not cut"
                if not client.gaps:
                    assert client.films == parts.newest


@pytest.mark.nats
@pytest.mark.timeout(120 + 60 * max(EXAMPLES, 3))
@settings(
    max_examples=EXAMPLES or 3,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(STEPS, min_size=3, max_size=6))
def test_a_log_is_the_stream_or_reports_where_it_was_cut(steps: list[Step]) -> None:
    """Steps are publishing, disconnects, stalls, cuts of history, and restarts of stream-api and NATS."""
    anyio.run(live_through, steps, backend_options={"use_uvloop": True})
