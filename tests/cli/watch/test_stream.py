"""The connection of `cinestream watch`: it resumes, waits, and reports why."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import anyio
import httpx2
import pytest
import typer
from anyio.abc import SocketAttribute, SocketStream
from tests.stream_api.films import publish
from tests.stream_api.proxy import proxy_to
from tests.stream_api.serving import serving

from cinestream.bus.jetstream import Bus
from cinestream_cli.watch.request import WatchRequest, stream_url
from cinestream_cli.watch.stream import Stream
from cinestream_flow.errors import Invalid
from cinestream_flow.message import Message

pytestmark = pytest.mark.anyio
EARLIEST = (("last_event_id", "earliest"),)


@dataclass
class Recorder:
    """A listener that keeps everything."""

    events: list[httpx2.ServerSentEvent] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)

    def event(self, event: httpx2.ServerSentEvent) -> None:
        """Keep an event."""
        self.events.append(event)

    def reconnecting(self, reason: Message, seconds: float) -> None:
        """Keep a reason."""
        self.reasons.append(reason)
        self.delays.append(seconds)

    def films(self) -> list[int]:
        """Return the numbers of the films that came."""
        return [int(event.json()["id"][2:]) for event in self.events if event.event == "movie"]  # type: ignore[index]

    async def until(self, name: str) -> httpx2.ServerSentEvent:
        """Wait for the first event of this name."""
        with anyio.fail_after(30):
            while True:
                if found := next((event for event in self.events if event.event == name), None):
                    return found
                await anyio.sleep(0.01)

    async def until_film(self, number: int) -> None:
        """Wait until the last film is that of this number."""
        with anyio.fail_after(30):
            while self.films()[-1:] != [number]:
                await anyio.sleep(0.01)


@asynccontextmanager
async def following(url: str, last_id: str = "", read_seconds: float = 12, **request: Any) -> AsyncIterator[Recorder]:
    """Follow a stream while the block runs."""
    recorder = Recorder()
    async with httpx2.AsyncClient() as client, anyio.create_task_group() as group:
        stream = Stream(client, WatchRequest(stream_url(url), **request), recorder, last_id, read_seconds)
        group.start_soon(stream.follow)
        yield recorder
        group.cancel_scope.cancel()


async def test_a_dead_connection_is_noticed(stream_bus: Bus, etl_bus: Bus) -> None:
    """A connection through which nothing comes any more ends, and the next one gets what was missed."""
    async with (
        serving(stream_bus, stream_retry_ms=20) as api,
        proxy_to(int(api.url.rpartition(":")[2])) as proxy,
        following(f"127.0.0.1:{proxy.port}", read_seconds=1, start=EARLIEST) as recorder,
    ):
        await publish(etl_bus, 1)
        await recorder.until_film(1)
        proxy.go_silent()
        await publish(etl_bus, 2)
        await recorder.until_film(2)
        assert recorder.reasons[0] == "nothing came for 1 s, not even a heartbeat"
        proxy.break_off()
        await publish(etl_bus, 3)
        with anyio.fail_after(30):
            while "Connection refused" not in " ".join(recorder.reasons) and len(recorder.reasons) < 3:
                await anyio.sleep(0.01)
        proxy.mend()
        await recorder.until_film(3)
        assert recorder.films() == [1, 2, 3]


async def test_an_end_is_reached_once(stream_bus: Bus, etl_bus: Bus) -> None:
    """With `until=live` the stream ends at the event that was the newest at the start, whatever comes later."""
    async with serving(stream_bus, stream_retry_ms=20) as api, httpx2.AsyncClient() as client:
        await publish(etl_bus, 1, 2)
        await api.until("position", 2)
        recorder = Recorder()
        request = WatchRequest(stream_url(api.url), (), EARLIEST, "live")
        stream = Stream(client, request, recorder)
        with anyio.fail_after(30):
            await stream.follow()
        assert (recorder.films(), recorder.reasons) == ([1, 2], [])
        await publish(etl_bus, 3)
        await api.until("position", 3)
        with anyio.fail_after(30):
            await stream.follow()
        assert recorder.films() == [1, 2]


async def test_a_full_server_is_waited_for(stream_bus: Bus, etl_bus: Bus) -> None:
    """The reason names the full server, and the delay is that of the server."""
    async with serving(stream_bus, stream_retry_ms=20, stream_max_clients=1) as api:
        async with api.stream(), following(api.url) as recorder:
            assert (await recorder.until("busy")).retry
        assert recorder.reasons[0] == "the server is full"
        assert recorder.delays[0] == recorder.events[0].retry / 1000  # type: ignore[operator]


async def test_what_the_user_must_know_arrives(stream_bus: Bus, etl_bus: Bus) -> None:
    """A filter that matches nothing, and an id that the stream does not continue."""
    await publish(etl_bus, 1)
    async with serving(stream_bus) as api:
        await api.until("position", 1)
        async with following(api.url, "other-9", filters=(("director", "Darabon"),)) as recorder:
            assert '"missed":null' in (await recorder.until("gap")).data
            assert "Frank Darabont" in (await recorder.until("notice")).data


@pytest.mark.parametrize(
    ("path", "filters", "message"),
    [
        ("", (("decade", "90s"),), "Did you mean 1990s"),
        ("/docs", (), "no stream of films"),
        ("/?genre=Drama", (), "query"),
    ],
)
async def test_a_refusal_ends_it(
    stream_bus: Bus, path: str, filters: tuple[tuple[str, str], ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong filter or address is named at once."""
    async with serving(stream_bus) as api, httpx2.AsyncClient() as client:
        with pytest.raises((Invalid, typer.Exit)) as error:
            await Stream(client, WatchRequest(stream_url(api.url + path), filters), Recorder()).follow()
    assert message in str(error.value) + capsys.readouterr().err


@asynccontextmanager
async def answering(response: bytes, *, endless: bytes = b"") -> AsyncIterator[str]:
    """Serve the same response to each request, and a body without end after it."""

    async def answer(connection: SocketStream) -> None:
        with suppress(anyio.BrokenResourceError):
            async with connection:
                await connection.receive()
                await connection.send(b"HTTP/1.1 " + response)
                while endless:
                    await connection.send(endless)

    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener, anyio.create_task_group() as group:
        group.start_soon(listener.serve, answer)
        yield f"http://127.0.0.1:{listener.extra(SocketAttribute.local_port)}"
        group.cancel_scope.cancel()


async def test_a_refusal_without_end_is_read_in_part() -> None:
    """The reason is short, and the next attempt follows."""
    head = b'503 Busy\r\n\r\n{"detail": "'
    async with answering(head, endless=b"x" * 65536) as url, following(url) as recorder:
        with anyio.fail_after(30):
            while not recorder.reasons:
                await anyio.sleep(0.01)
        assert recorder.reasons[0] == "the server answers 503 Busy"


@pytest.mark.parametrize("id", ["é", "a b", "x" * 10_000, "a\x1bb"])
async def test_an_id_that_fits_into_no_header_is_ignored(id: str) -> None:
    """The film is shown, and the stream resumes after the last good id."""
    good, bad = "id: e-1\ndata: {}\n\n", f"id: {id}\ndata: {{}}\n\n"
    head = "200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
    async with answering(f"{head}retry: 1\n{good}{bad}".encode()) as url, following(url) as recorder:
        with anyio.fail_after(30):
            while len(recorder.events) < 4:
                await anyio.sleep(0.01)
        assert [event.id for event in recorder.events[:4]] == ["e-1", "", "e-1", ""]
        assert set(recorder.reasons) == {"the server ended the stream"}


async def test_a_stream_that_ends_before_its_first_event_is_opened_again() -> None:
    """A stream without `until` has no end."""
    head = b"200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
    async with answering(head) as url, following(url) as recorder:
        with anyio.fail_after(30):
            while not recorder.reasons:
                await anyio.sleep(0.01)
