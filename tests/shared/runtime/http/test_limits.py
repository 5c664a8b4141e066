"""The limits of a connection: sizes and times."""

import asyncio

import pytest
from tests.shared.runtime.http.tiny_server import GET, serving

pytestmark = pytest.mark.anyio

HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
CHUNKED = b"POST /body HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"


async def test_a_silent_connection_is_closed() -> None:
    """A client that sends nothing gets nothing, and an empty line is nothing."""
    async with serving(request_seconds=0.1) as served:
        silent, blank = await served.connect(), await served.connect()
        await blank.send(b"\r\n")
        assert (await silent.rest(), await blank.rest()) == (b"", b"")


async def test_a_client_that_reads_slowly_gets_all() -> None:
    """The time begins again whenever the client has read something, also after the last byte was written."""
    async with serving(send_seconds=0.2, idle_seconds=0.2) as served:
        client = await served.connect()
        await client.send(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
        size = 0
        while size < 8_000_000:
            size += len(await client.reader.readexactly(400_000))
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("start", [b"", GET])
async def test_a_slow_request_is_refused(start: bytes) -> None:
    """The time counts from the connection, later from the first byte of a request. Each further byte does not help."""
    async with serving(request_seconds=0.2, idle_seconds=30) as served:
        client = await served.connect()
        if start:
            await client.send(start)
            assert (await client.answer()).status == 200
        slow = asyncio.create_task(client.answer())
        for byte in HEAD + b"X-Slow: " + b"x" * 1000:
            await client.send(bytes([byte]))
            await asyncio.sleep(0.01)
            if slow.done():
                break
        assert ((await slow).status, (await slow)["connection"]) == (408, "close")
        assert await client.rest() == b""


async def test_a_slow_body_is_refused() -> None:
    """The body belongs to the request, and the application learns that the client has gone."""
    async with serving(request_seconds=0.1) as served:
        answer = await served.ask(b"POST /body HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nfew")
        assert answer.status == 408


async def test_an_idle_connection_is_closed() -> None:
    """A connection without a further request closes without an answer to nothing."""
    async with serving(idle_seconds=0.1) as served:
        client = await served.connect()
        await client.send(GET)
        assert (await client.answer()).status == 200
        assert await client.rest() == b""


async def test_a_late_body_does_not_stop_the_time() -> None:
    """The application may answer before it has the body. The connection is idle then, and closes."""
    async with serving(idle_seconds=0.2) as served:
        client = await served.connect()
        await client.send(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n")
        assert (await client.answer()).status == 200
        await client.send(b"late")
        assert await client.rest() == b""


async def test_an_answer_that_takes_long_is_not_idle() -> None:
    """The time limits are for clients, not for the application."""
    async with serving(request_seconds=0.05, idle_seconds=0.05) as served:
        client = await served.connect()
        await client.send(b"GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await asyncio.sleep(0.2)
        served.app.go.set()
        assert (await client.answer()).body == b"ok"


async def test_a_client_that_does_not_read_is_cut() -> None:
    """An answer that nobody reads does not keep its connection."""
    async with serving(send_seconds=0.1) as served:
        client = await served.connect()
        await client.send(b"GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n")
        while not served.app.seen:
            await asyncio.sleep(0.01)
        while served.server.server_state.connections:
            await asyncio.sleep(0.01)


SIZES = [
    (HEAD + b"X: " + b"x" * 32_000 + b"\r\n\r\n", 200),
    (HEAD + b"X: " + b"x" * 33_000 + b"\r\n\r\n", 431),
    (HEAD + b"X: y\r\n" * 6_000 + b"\r\n", 431),
    (b"GET /" + b"x" * 33_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 431),
    (HEAD + b"X: " + b"x" * 1_000_000, 431),
    (HEAD + b"x" * 1_000_000, 431),
    (b"POST /body HTTP/1.1\r\nHost: localhost\r\nContent-Length: 65536\r\n\r\n" + b"x" * 65_536, 200),
    (b"POST /body HTTP/1.1\r\nHost: localhost\r\nContent-Length: 65537\r\n\r\n", 413),
    (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999\r\n\r\n", 413),
    (CHUNKED + b"ffff\r\n" + b"x" * 65_535 + b"\r\n0\r\n\r\n", 200),
    (CHUNKED + b"fffff\r\n" + b"x" * 200_000, 413),
    (CHUNKED + b"1\r\nx\r\n0\r\n" + b"Trailer: x\r\n" * 20_000, 413),
    (CHUNKED + b"1\r\nx\r\n0\r\nTrailer: " + b"x" * 200_000, 413),
]


async def test_a_large_request_is_refused() -> None:
    """Headers, bodies and trailers are limited, in whatever pieces they come. The refusal arrives."""
    async with serving() as served:
        for request, status in SIZES:
            answer = await served.ask(request)
            assert answer.status == status, request[:60]
            if status != 200:
                assert (answer["content-type"], answer["connection"]) == ("application/problem+json", "close")


async def test_pieces_do_not_count_twice() -> None:
    """A head in pieces, a full body and further requests in one piece are within the limits."""
    async with serving() as served:
        client = await served.connect()
        for piece in (b"POST /body HTTP/1.1\r\n", b"Host: localhost\r\n", b"X: " + b"x" * 30_000 + b"\r\n"):
            await client.send(piece)
            await asyncio.sleep(0.02)
        await client.send(b"Content-Length: 65536\r\n\r\n" + b"x" * 65_536 + GET * 4)
        assert [(await client.answer()).status for _ in range(5)] == [200] * 5


async def test_the_parser_keeps_no_header_without_end() -> None:
    """A header of 100 MB is cut long before its end."""
    async with serving() as served:
        client = await served.connect()
        await client.send(HEAD + b"X: ")
        sent = 0
        while sent < 100 and not client.writer.transport.is_closing():
            await client.send(b"x" * 1_000_000)
            sent += 1
        assert sent < 20


async def test_pipelined_requests_are_answered_in_order() -> None:
    """Each gets its answer, up to the limit. Beyond it the connection closes after the answers."""
    async with serving(pipelined=3) as served:
        client = await served.connect()
        await client.send(b"GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n" + GET * 3)
        await asyncio.sleep(0.05)
        served.app.go.set()
        assert [(await client.answer()).status for _ in range(4)] == [200] * 4
        await client.send(GET * 1000)
        answers = (await client.rest()).count(b"HTTP/1.1 200")
        assert 1 <= answers < 1000
        assert len(served.app.seen) == 4 + answers
