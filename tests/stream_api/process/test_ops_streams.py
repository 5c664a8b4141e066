"""The ops endpoints of open streams, and the log lines of streams."""

from contextlib import AsyncExitStack

import anyio
import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs
from tests.stream_api.films import publish
from tests.stream_api.serving import operator_of, serving
from tests.stream_api.sse import take

from cinestream.bus.jetstream import Bus
from cinestream.runtime.ops import Health, ops_app
from cinestream_stream_api.process.ops_streams import OwnStreams, stream_routes

pytestmark = pytest.mark.anyio
STREAMS = "/ops/streams"


async def test_open_streams_are_listed(etl_bus: Bus, stream_bus: Bus) -> None:
    """Each has its client, position and amounts. The list ends at the limit, and the total does not."""
    async with serving(stream_bus) as api, operator_of(api.ops) as operator:
        assert (await operator.get(STREAMS)).json() == {"total": 0, "streams": []}
        async with api.stream("?genre=Drama&tone=Hopeful") as live, api.stream("?last_event_id=earliest") as replay:
            first = await take(live, 1)
            await publish(etl_bus, 1, 2)
            await take(replay, 4)
            answer = (await operator.get(STREAMS)).json()
            assert answer["total"] == 2
            streams = {stream["start"]: stream for stream in answer["streams"]}
            assert (streams["live"]["filter"], streams["earliest"]["filter"]) == ("genre=drama&tone=hopeful", "")
            assert streams["live"]["position"].partition("-")[0] == first[0].id.partition("-")[0]
            everything = streams["earliest"]
            assert (everything["events"], everything["lag_events"], everything["state"]) == (2, 0, "live")
            assert everything["position"].endswith("-2")
            assert everything["address"] == "127.0.0.1"
            assert everything["bytes"] > 500
            assert 0 < everything["seconds"] < 60
            assert everything["id"] != streams["live"]["id"]
            one = (await operator.get(f"{STREAMS}?limit=1")).json()
            assert (one["total"], one["streams"][0]["start"]) == (2, "live")
        for limit in ("0", "10001", "x", "-1", "\N{SUPERSCRIPT TWO}"):
            assert (await operator.get(STREAMS, params={"limit": limit})).status_code == 400


async def test_an_operator_ends_a_stream(stream_bus: Bus) -> None:
    """The client gets the closing block and its body is complete. Other streams stay open."""
    async with serving(stream_bus) as api, operator_of(api.ops) as operator, api.stream("?genre=Drama") as other:
        async with api.stream() as stream:
            await take(stream, 1)
            [_, listed] = (await operator.get(STREAMS)).json()["streams"]
            assert (await operator.delete(f"{STREAMS}/{listed['id']}")).status_code == 204
            rest = [event.name async for event in stream]  # raises when the body is incomplete
        assert rest == ["position"]
        await api.until("disconnects_total", 1, reason="operator")
        assert (await operator.delete(f"{STREAMS}/{listed['id']}")).status_code == 404
        assert (await operator.get(STREAMS)).json()["total"] == 1
        await take(other, 1)


async def test_an_operator_ends_a_stream_that_is_not_read(etl_bus: Bus, stream_bus: Bus) -> None:
    """A client that does not read cannot get the closing block, so it is disconnected."""
    async with serving(stream_bus) as api, operator_of(api.ops) as operator:
        lazy = await anyio.connect_tcp("127.0.0.1", int(api.url.rpartition(":")[2]))
        async with lazy:
            await lazy.send(b"GET /api/movies/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
            await lazy.receive(10)
            await publish(etl_bus, *range(1, 101), stars=["x" * 1000] * 200)
            with anyio.fail_after(60):
                while (listed := (await operator.get(STREAMS)).json()["streams"][0])["state"] != "paused":
                    await anyio.sleep(0.01)
            assert (await operator.delete(f"{STREAMS}/{listed['id']}")).status_code == 204
            await api.until("disconnects_total", 1, reason="operator")


@pytest.mark.parametrize(
    ("address", "headers", "status", "status_without_token"),
    [
        ("127.0.0.1", {}, 200, 200),
        ("::1", {}, 200, 200),
        ("::ffff:127.0.0.1", {}, 200, 200),
        ("192.0.2.1", {}, 401, 403),
        ("192.0.2.1", {"Authorization": "Bearer secret"}, 200, 403),
        ("192.0.2.1", {"Authorization": "Bearer secre"}, 401, 403),
        ("192.0.2.1", {"Authorization": "Basic secret"}, 401, 403),
        ("192.0.2.1", {"Authorization": "Bearer "}, 401, 403),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 401, 403),
        ("127.0.0.1", {"X-Forwarded-Proto": "https"}, 401, 403),
        ("127.0.0.1", {"CF-Connecting-IP": "192.0.2.1"}, 401, 403),
        ("127.0.0.1", {"Origin": "https://example.org"}, 401, 403),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}, 401, 403),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.1", "Authorization": "Bearer secret"}, 200, 403),
    ],
)
async def test_only_operators_have_access(
    address: str, headers: dict[str, str], status: int, status_without_token: int
) -> None:
    """A request comes from this machine and through no proxy, or it carries the token. Metrics stay open."""
    for token, expected in (("secret", status), ("", status_without_token)):
        app = ops_app(Health(), stream_routes(OwnStreams(), SecretStr(token)))
        async with operator_of(app, address) as operator:
            assert (await operator.get(STREAMS, headers=headers)).status_code == expected
            gone = await operator.delete(f"{STREAMS}/none", headers=headers)
            assert gone.status_code == (404 if expected == 200 else expected)
            assert (await operator.get("/metrics", headers=headers)).status_code == 200


async def test_streams_are_logged(etl_bus: Bus, stream_bus: Bus) -> None:
    """One line when a stream is opened and one when it is closed, without the id and the headers of the client."""
    with capture_logs() as lines:
        async with serving(stream_bus) as api:
            async with api.stream("?kind=movie", Authorization="Bearer hush") as stream:
                await take(stream, 1)
            await api.until("disconnects_total", 1, reason="client")
    opened, closed = [line for line in lines if line["event"].startswith("stream.")]
    assert closed["bytes"] > len("retry: 2000, id, event: position, data: {}")
    assert opened == {
        "event": "stream.opened",
        "log_level": "info",
        "id": opened["id"],
        "address": "127.0.0.1",
        "filter": "kind=movie",
        "start": "live",
    }
    assert closed == {
        **opened,
        "event": "stream.closed",
        "events": 0,
        "bytes": closed["bytes"],
        "seconds": closed["seconds"],
        "reason": "client",
    }


async def test_many_streams_at_once_are_sampled_in_the_log(stream_bus: Bus) -> None:
    """At most ten lines of a kind are written in a second, and a later one states how many were left out."""
    with capture_logs() as lines:
        async with serving(stream_bus) as api, AsyncExitStack() as streams:
            for _ in range(60):
                await streams.enter_async_context(api.stream())
    opened = [line for line in lines if line["event"] == "stream.opened"]
    assert 10 <= len(opened) < 60
