"""HTTP details that uvicorn leaves open."""

import asyncio

import pytest
from tests.shared.runtime.http.tiny_server import GET, Answer, serving

pytestmark = pytest.mark.anyio


def get(path: str, *headers: str, version: str = "1.1", host: str = "localhost") -> bytes:
    """Return a request."""
    lines = [f"GET {path} HTTP/{version}", *([f"Host: {host}"] if host else []), *headers]
    return "\r\n".join([*lines, "", ""]).encode()


REQUESTS = {
    "page": (GET, 200),
    "failed": (get("/fail"), 500),
    "no host": (get("/", host=""), 400),
    "foreign host": (get("/", host="evil.example"), 421),
    "no HTTP": (b"\x16\x03\x01\x02\x00\r\n\r\n", 400),
    "large headers": (get("/", "X: " + "x" * 40_000), 431),
    "slow": (b"GET / HT", 408),
}


async def test_every_answer_has_the_common_headers() -> None:
    """Each comes once, answers of the protocol included, and none names the server."""
    async with serving(request_seconds=0.3) as served:
        for name, (request, status) in REQUESTS.items():
            answer = await served.ask(request)
            assert answer.status == status, name
            check_headers(answer)


def check_headers(answer: Answer) -> None:
    """Check the headers that each answer needs, and that none comes twice."""
    for header, value in {
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    }.items():
        assert [found for key, found in answer.headers if key == header] == [value]
    names = [key for key, _ in answer.headers]
    assert len(set(names)) == len(names)
    assert "server" not in names


async def test_http_1_0_gets_no_chunks() -> None:
    """A body of unknown length ends with the connection, and one header says so."""
    async with serving() as served:
        answer = await served.ask(get("/chunks", version="1.0", host=""))
        assert (answer.body, answer["transfer-encoding"]) == (b"ok", "")
        assert [value for key, value in answer.headers if key == "connection"] == ["close"]
        assert (await served.ask(get("/", version="1.0", host=""))).body == b"ok"
        client = await served.connect()
        await client.send(get("/chunks").replace(b"GET", b"HEAD").replace(b"1.1", b"1.0"))
        assert (await client.rest()).endswith(b"\r\n\r\n")


async def test_garbage_after_a_request_does_not_replace_its_answer() -> None:
    """The request is answered first. Then the connection closes."""
    async with serving() as served:
        client = await served.connect()
        await client.send(get("/wait") + b"\x00garbage\r\n\r\n")
        await asyncio.sleep(0.05)
        served.app.go.set()
        assert (await client.answer())["connection"] == "close"
        assert await client.rest() == b""


@pytest.mark.parametrize("sent", [b"\x00garbage\r\n\r\n", get("/", host=""), GET, get("/", "X: " + "x" * 50_000)])
async def test_nothing_is_written_into_an_open_body(sent: bytes) -> None:
    """A refusal in the middle of a body would be a part of it."""
    async with serving() as served:
        client = await served.connect()
        await client.send(get("/open"))
        begin = await client.reader.readuntil(b"2\r\nok\r\n")
        assert begin.startswith(b"HTTP/1.1 200")
        await client.send(sent)
        await asyncio.sleep(0.1)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                assert await client.reader.read(1) == b""


async def test_a_request_behind_an_open_answer_hides_no_disconnect() -> None:
    """The open answer ends when its client has gone."""
    async with serving() as served:
        client = await served.connect()
        await client.send(get("/open") + GET)
        await client.reader.readuntil(b"2\r\nok\r\n")
        (connection,) = served.server.server_state.connections
        connection.transport.abort()
        while served.app.disconnects < 1:
            await asyncio.sleep(0.01)


async def test_an_upgrade_is_not_made() -> None:
    """The request is answered as if it had not asked for another protocol."""
    async with serving() as served:
        answer = await served.ask(get("/", "Connection: Upgrade", "Upgrade: websocket"))
        assert (answer.status, answer["connection"]) == (200, "close")


@pytest.mark.parametrize("path", ["/", "/wait", "/chunks"])
async def test_a_half_closed_client_gets_its_answer(path: str) -> None:
    """A client such as `nc` sends its request and closes that half of the connection."""
    async with serving() as served:
        client = await served.connect()
        await client.send(get(path))
        client.writer.write_eof()
        await asyncio.sleep(0.05)
        served.app.go.set()
        assert b"ok" in (await client.rest())


async def test_half_a_request_is_no_request() -> None:
    """A client that closes its half in the middle of a request gets no answer."""
    async with serving() as served:
        client = await served.connect()
        await client.send(b"POST /body HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf")
        client.writer.write_eof()
        assert await client.rest() == b""


async def test_a_request_that_the_end_cuts_short_has_no_traceback(caplog: pytest.LogCaptureFixture) -> None:
    """The log names the number of such requests in one line."""
    async with serving() as served:
        client = await served.connect()
        await client.send(get("/wait"))
        while "/wait" not in served.app.seen:
            await asyncio.sleep(0)
        served.server.should_exit = True
        await client.rest()
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []
    assert any("Cancel 1 running task" in record.getMessage() for record in caplog.records)
