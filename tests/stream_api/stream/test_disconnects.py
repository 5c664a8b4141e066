"""Clients that disconnect, in every way and at every stage, and clients that close only their half."""

import asyncio
import socket
import struct
from asyncio import StreamReader as Reader
from asyncio import StreamWriter as Writer
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import anyio
import pytest
from prometheus_client import REGISTRY
from tests.stream_api.films import publish
from tests.stream_api.serving import STREAM, Api, serving

from cinestream.bus.jetstream import Bus

pytestmark = pytest.mark.anyio

Stage = Callable[[Reader, Writer], Awaitable[None]]
ROUNDS = 14
"""Times that every kind of disconnect happens at every stage, by four clients at once."""


def request(query: str = "", version: str = "1.1", accept: str = "text/event-stream") -> bytes:
    """Return a request for the stream."""
    return f"GET {STREAM}{query} HTTP/{version}\r\nHost: localhost\r\nAccept: {accept}\r\n\r\n".encode()


async def connect(api: Api) -> tuple[Reader, Writer]:
    """Open a connection to the API."""
    url = urlsplit(api.url)
    return await asyncio.open_connection(url.hostname, url.port)


async def during_headers(_: Reader, writer: Writer) -> None:
    """Send a part of the request."""
    writer.write(request()[:-10])


async def before_the_first_block(_: Reader, writer: Writer) -> None:
    """Send the request, and read nothing."""
    writer.write(request())


async def after_the_first_block(reader: Reader, writer: Writer) -> None:
    """Read until the stream is open."""
    writer.write(request())
    await reader.readuntil(b"data: {}\n\n")


async def during_replay(reader: Reader, writer: Writer) -> None:
    """Read a part of what history has."""
    writer.write(request("?last_event_id=earliest"))
    await reader.readuntil(b"event: movie")


async def live(reader: Reader, writer: Writer) -> None:
    """Read the end of a replay."""
    writer.write(request("?replay=1"))
    await reader.readuntil(b"event: live")


STAGES: list[Stage] = [during_headers, before_the_first_block, after_the_first_block, during_replay, live]


async def reset(_: Reader, writer: Writer) -> None:
    """Disconnect by RST."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def close(_: Reader, writer: Writer) -> None:
    """Disconnect by FIN."""
    writer.close()


async def half_close(reader: Reader, writer: Writer) -> None:
    """Send FIN, read on, and disconnect."""
    writer.write_eof()
    with anyio.move_on_after(0.01):
        await reader.read(1000)
    writer.close()


KINDS = [reset, close, half_close]


async def disconnect(api: Api, stage: Stage, kind: Stage) -> None:
    """Open a connection, and disconnect at a stage."""
    reader, writer = await connect(api)
    await stage(reader, writer)
    await kind(reader, writer)


async def test_a_disconnect_is_no_error(
    etl_bus: Bus, stream_bus: Bus, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """840 disconnects in every way and at every stage are counted as such, and none is logged as an error."""
    async with serving(stream_bus, stream_ring_events=16, stream_push_interval_ms=0) as api:
        await publish(etl_bus, *range(1, 101), stars=["x" * 1000] * 20)
        with anyio.fail_after(60):
            for round in range(ROUNDS):
                async with asyncio.TaskGroup() as group:
                    for stage in STAGES:
                        for kind in KINDS:
                            for _ in range(4):
                                group.create_task(disconnect(api, stage, kind))
                    await publish(etl_bus, 200 + round)
            await until_closed(api)
            while REGISTRY.get_sample_value("cinestream_http_connections", {"server": "api", "state": "stream"}):
                await anyio.sleep(0.05)  # the gauge is set each second
    check_log(caplog, capsys)
    assert api.metric("disconnects_total", reason="failed") == 0
    assert api.metric("disconnects_total", reason="client") >= ROUNDS * 4 * 3 * 3


async def test_a_disconnect_at_the_end_is_no_error(
    etl_bus: Bus, stream_bus: Bus, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """160 clients disconnect while the server ends their streams."""
    async with serving(stream_bus) as api:
        await publish(etl_bus, 1)
        clients = [await connect(api) for _ in range(160)]
        for reader, writer in clients:
            await live(reader, writer)
        api.stop.set()
        for number, client in enumerate(clients):
            await KINDS[number % 3](*client)
    check_log(caplog, capsys)
    assert api.metric("disconnects_total", reason="failed") == 0


async def test_a_disconnect_in_a_body_is_no_error(
    stream_bus: Bus, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """A client that leaves in the middle of its request is not answered, and not logged."""
    async with serving(stream_bus, stream_tokens="secret") as api:
        for kind in KINDS:
            reader, writer = await connect(api)
            writer.write(b"POST /session HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf")
            await anyio.sleep(0.05)
            await kind(reader, writer)
    check_log(caplog, capsys)


async def until_closed(api: Api) -> None:
    """Wait until no stream is open."""
    while api.metric("clients", state="live") + api.metric("clients", state="catching-up"):
        await anyio.sleep(0.01)


def check_log(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
    """Check that neither uvicorn nor the service has logged an error."""
    assert [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")] == []
    output = capsys.readouterr()
    assert "[error" not in output.out + output.err
    assert "Traceback" not in output.out + output.err


@pytest.mark.parametrize("accept", ["text/event-stream", "application/x-ndjson"])
async def test_a_half_closed_client_is_served(etl_bus: Bus, stream_bus: Bus, accept: str) -> None:
    """A client such as `nc` sends its request, closes that half of the connection, and gets the films."""
    async with serving(stream_bus, stream_ring_events=16, stream_heartbeat=0.3) as api:
        await publish(etl_bus, *range(1, 41))
        reader, writer = await connect(api)
        writer.write(request("?last_event_id=earliest", accept=accept))
        writer.write_eof()
        with anyio.fail_after(60):
            await reader.readuntil(b'"id":"tt0000040"')
            await publish(etl_bus, 41)
            await reader.readuntil(b'"id":"tt0000041"')
        # The server notices at the next write, a heartbeat at the latest, that this is the end.
        writer.close()
        with anyio.fail_after(5):
            await api.until("disconnects_total", 1, reason="client")


async def test_a_stream_ignores_what_its_client_sends(etl_bus: Bus, stream_bus: Bus) -> None:
    """Requests behind the stream and garbage change nothing. A flood ends the stream."""
    async with serving(stream_bus) as api:
        reader, writer = await connect(api)
        writer.write(request() * 3)
        with anyio.fail_after(60):
            await reader.readuntil(b"data: {}\n\n")
            writer.write(b"\x00garbage\r\n\r\n")
            await publish(etl_bus, 1)
            await reader.readuntil(b'"id":"tt0000001"')
            assert api.metric("clients", state="live") == 1
            writer.write(b"x" * 2_000_000)
            await api.until("disconnects_total", 1, reason="client")
            assert b"HTTP/1.1" not in await rest(reader)
            writer.transport.abort()


async def test_http_1_0_gets_a_stream_without_chunks(etl_bus: Bus, stream_bus: Bus) -> None:
    """The body of the stream ends with the connection: films of history, live ones, and the closing block."""
    async with serving(stream_bus, stream_ring_events=16) as api:
        await publish(etl_bus, *range(1, 41))
        reader, writer = await connect(api)
        writer.write(request("?last_event_id=earliest", version="1.0"))
        with anyio.fail_after(60):
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            films = await reader.readuntil(b"event: live\ndata: {}\n\n")
            await publish(etl_bus, 41)
            films += await reader.readuntil(b'"id":"tt0000041"')
            api.stop.set()
            films += await rest(reader)
        writer.close()
    assert "transfer-encoding" not in head
    assert head.count("connection:") == head.count("connection: close") == 1
    fields = {line.partition(b":")[0] for line in films.splitlines() if line}
    assert fields == {b"id", b"event", b"data", b"retry"}
    assert films.count(b"event: movie\n") == 41
    assert films.endswith(b"event: position\ndata: {}\n\n")


async def rest(reader: Reader) -> bytes:
    """Read until the server closes the connection."""
    try:
        return await reader.read()
    except ConnectionError:
        return b""
