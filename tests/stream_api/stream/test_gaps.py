"""Ids that the stream does not continue: each is answered with a gap, and none fires an alert."""

import anyio
import pytest
from tests.nats_server import NatsServer
from tests.stream_api.films import publish
from tests.stream_api.serving import STREAM, Api, serving
from tests.stream_api.sse import Event, take
from tests.stream_api.streams import limit_history

from cinestream.bus.jetstream import Bus

pytestmark = pytest.mark.anyio


def short(events: list[Event]) -> list[str]:
    """Return each event as `name sequence`."""
    return [f"{event.name} {event.sequence}" for event in events]


async def epoch_of(api: Api) -> str:
    """Return the epoch of the stream."""
    async with api.stream() as stream:
        return (await take(stream, 1))[0].id.partition("-")[0]


async def test_events_that_history_no_longer_holds_are_a_gap(
    etl_bus: Bus, stream_bus: Bus, topology: NatsServer
) -> None:
    """A gap names the requested id, the first available id and the number of missing events."""
    await publish(etl_bus, *range(1, 41))
    async with serving(stream_bus, stream_ring_events=16) as api:
        epoch = await epoch_of(api)
        await limit_history(topology, max_msgs=30)
        async with api.stream(f"?last_event_id={epoch}-3") as stream:
            position, gap, first = await take(stream, 3)
            assert short([position, gap, first]) == ["position 3", "gap 10", "movie 11"]
            assert gap.json == {"requested": f"{epoch}-3", "first_available": f"{epoch}-11", "missed": 7}
        assert api.metric("gaps_total", cause="expired") == 1


IDS = {
    "nonsense": ("malformed", "live"),
    "é\u2028★": ("malformed", "live"),
    "1-5": ("other_epoch", "history"),
    "%s-99": ("beyond_last", "history"),
    "%s-3": ("expired", "history"),
}
"""Ids that the stream does not continue, the cause of their gaps, and the place from which it continues by default."""


async def test_an_id_that_the_stream_does_not_continue_is_a_gap(
    etl_bus: Bus, stream_bus: Bus, topology: NatsServer
) -> None:
    """The gap names the id as it was sent. The client continues from history or live, by default or by its choice."""
    await publish(etl_bus, *range(1, 41))
    await limit_history(topology, max_msgs=30)
    async with serving(stream_bus, stream_ring_events=16) as api:
        epoch = await epoch_of(api)
        for id, (cause, default) in IDS.items():
            before = api.metric("gaps_total", cause=cause)
            for on_gap in (None, "live", "history"):
                live = (on_gap or default) == "live"
                missed = (37 if live else 7) if cause == "expired" else None
                await check_gap(api, epoch, id.replace("%s", epoch), on_gap, live=live, missed=missed)
            assert api.metric("gaps_total", cause=cause) == before + (3 if cause == "malformed" else 6)
        assert api.metric("gaps_total", cause="lost") == api.metric("gaps_total", cause="replaced") == 0


async def check_gap(api: Api, epoch: str, id: str, on_gap: str | None, *, live: bool, missed: int | None) -> None:
    """Resume after an id in the header, and in the query if it is well formed."""
    query = f"?on_gap={on_gap}" if on_gap else ""
    starts = [(query, {"Last_Event_ID": id})]
    if id.rpartition("-")[2].isdigit():
        starts.append((f"{query or '?'}&last_event_id={id}", {}))
    for again, headers in starts:
        async with api.stream(again, **headers) as stream:
            _, gap, following = await take(stream, 3)
            assert short([gap, following]) == (["gap 40", "live 40"] if live else ["gap 10", "movie 11"])
            assert gap.json == {"requested": id, "first_available": f"{epoch}-11", "missed": missed}


async def test_white_space_around_an_id_is_no_part_of_it(etl_bus: Bus, stream_bus: Bus) -> None:
    """RFC 9110 strips it. Of several fields with the same value, one counts."""
    await publish(etl_bus, 1, 2, 3)
    async with serving(stream_bus) as api:
        epoch = await epoch_of(api)
        for form in ("{} ", "\t {} \t", "{0}\r\nLast-Event-ID: {0}", "\r\nLast-Event-ID: {}"):
            fields = "Last-Event-ID: " + form.format(f"{epoch}-2")
            body = await raw(api, f"GET {STREAM} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n\r\n", b"event: live")
            assert b"event: gap" not in body
            assert f"id: {epoch}-3\nevent: movie".encode() in body


async def test_different_ids_in_several_fields_are_malformed(etl_bus: Bus, stream_bus: Bus) -> None:
    """It is unknown which of them the client means, so the gap names both."""
    await publish(etl_bus, 1, 2, 3)
    async with serving(stream_bus) as api:
        epoch = await epoch_of(api)
        fields = f"Last-Event-ID: {epoch}-1\r\nLast-Event-ID: {epoch}-2\r\n"
        body = await raw(api, f"GET {STREAM} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n", b"event: live")
        assert f'"requested":"{epoch}-1, {epoch}-2"'.encode() in body


async def test_bytes_that_are_not_utf_8_are_quoted_as_latin_1(stream_bus: Bus) -> None:
    """Any bytes that HTTP allows in a header give a gap with valid JSON."""
    async with serving(stream_bus) as api:
        request = f"GET {STREAM} HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: \xff\xfe\r\n\r\n"
        body = await raw(api, request, b"event: live", encoding="latin-1")
        assert '"requested":"ÿþ"'.encode() in body


async def raw(api: Api, request: str, until: bytes, encoding: str = "utf-8") -> bytes:
    """Send a request as these bytes, and return what comes up to a text."""
    host, port = api.url.removeprefix("http://").split(":")
    async with await anyio.connect_tcp(host, int(port)) as client:
        await client.send(request.encode(encoding))
        body = b""
        with anyio.fail_after(60):
            while until not in body:
                body += await client.receive()
    return body
