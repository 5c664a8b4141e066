"""Heartbeats: comments in silence, or events in a fixed interval."""

import json
from datetime import UTC, datetime, timedelta

import anyio
import pytest
from tests.stream_api.films import publish
from tests.stream_api.serving import STREAM, serving
from tests.stream_api.sse import take

from cinestream.bus.jetstream import Bus
from cinestream_stream_api.events.event import Event
from cinestream_stream_api.events.frames import GAP, MOVIE
from cinestream_stream_api.events.position import Position
from cinestream_stream_api.log.ring import Ring
from cinestream_stream_api.stream.heartbeats import Heartbeats, lag_ms

pytestmark = pytest.mark.anyio


async def test_heartbeats_are_events_on_request(etl_bus: Bus, stream_bus: Bus) -> None:
    """They have the time, no lag for a client that has caught up, and the position beyond hidden films."""
    await publish(etl_bus, 1, genre=["War"])
    async with (
        serving(stream_bus, stream_heartbeat=0.15) as api,
        api.stream("?heartbeat=event&genre=war") as stream,
    ):
        _, first = await take(stream, 2)
        assert (first.name, first.sequence, first.json["lag_ms"]) == ("heartbeat", 1, 0)
        assert abs(datetime.fromisoformat(first.json["time"]) - datetime.now(UTC)) < timedelta(seconds=60)
        await publish(etl_bus, 2, genre=["Comedy"])
        with anyio.fail_after(60):
            async for event in stream:
                assert event.name == "heartbeat"
                if event.sequence == 2:
                    break


async def test_events_do_not_delay_heartbeats(etl_bus: Bus, stream_bus: Bus) -> None:
    """A client that gets films all the time gets heartbeats, too."""
    async with serving(stream_bus, stream_heartbeat=0.3) as api, api.stream("?heartbeat=event") as stream:
        await take(stream, 1)
        names: set[str] = set()
        with anyio.fail_after(60):
            while names != {"movie", "heartbeat"}:
                await publish(etl_bus, 1)
                names.add((await take(stream, 1))[0].name)


async def test_ndjson_keeps_positions(stream_bus: Bus) -> None:
    """NDJSON has positions as heartbeats, whatever is requested."""
    async with serving(stream_bus, stream_heartbeat=0.15) as api:
        headers = {"Accept": "application/x-ndjson"}
        async with api.client.stream("GET", f"{STREAM}?heartbeat=event", headers=headers) as response:
            lines = response.aiter_lines()
            assert [json.loads(await anext(lines))["event"] for _ in range(3)] == ["position"] * 3


@pytest.mark.parametrize("query", ["heartbeat=yes", "heartbeat_seconds=4", "heartbeat_seconds=61"])
async def test_other_values_are_a_problem(stream_bus: Bus, query: str) -> None:
    """The interval is 5 to 60 seconds."""
    async with serving(stream_bus) as api:
        answer = await api.client.get(f"{STREAM}?{query}")
        assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, query.partition("=")[0])


async def test_the_interval_is_exact_within_a_tick(stream_bus: Bus) -> None:
    """A client that asks for five seconds gets its first heartbeat after five seconds, and not after fifteen."""
    async with serving(stream_bus) as api, api.stream("?heartbeat_seconds=5") as stream:
        await take(stream, 1)
        with anyio.fail_after(60):
            start = anyio.current_time()
            assert (await anext(stream)).name == ":"
        assert 3.5 < anyio.current_time() - start < 14


def test_the_lag_is_the_age_of_the_newest_event_that_is_missing() -> None:
    """It is 0 for a client that has all events. Gaps have no time, and an event of the future counts as 0."""
    ring = Ring("e", 0, max_events=99, max_bytes=10**6)
    assert lag_ms(ring, 0) == 0
    now = datetime.now(UTC)
    for sequence, age in ((1, 9000), (2, 2000)):
        stored_at = now - timedelta(milliseconds=age)
        ring.append(Event(Position("e", sequence), MOVIE, b"{}", stored_at=stored_at))
    ring.append(Event(Position("e", 3), GAP, b"{}"))
    assert 2000 <= lag_ms(ring, 0) < 9000
    assert 2000 <= lag_ms(ring, 1) < 9000
    assert lag_ms(ring, 2) == lag_ms(ring, 3) == 0
    ring.append(Event(Position("e", 4), MOVIE, b"{}", stored_at=now + timedelta(hours=1)))
    assert lag_ms(ring, 3) == 0


def test_clients_without_a_lag_share_their_heartbeat() -> None:
    """It is one object for all clients at a position in a tick."""
    beats = Heartbeats()
    assert beats.chunk("e-1", 0, 7) is beats.chunk("e-1", 0, 7)
    assert b'"lag_ms":0}' in beats.chunk("e-1", 0, 7)
    assert b'"lag_ms":5}' in beats.chunk("e-1", 5, 7)
