"""A server with a tiny application, and raw connections to it."""

import asyncio
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from socket import SO_LINGER, SOL_SOCKET
from typing import Any

from starlette.types import Receive, Scope, Send

from cinestream.runtime import http

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


class TinyApp:
    """An application that answers by path. It notes which requests it saw, and which clients have disconnected."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.disconnects = 0
        self.go = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        path = scope["path"]
        self.seen.append(path)
        if path == "/fail":
            raise ValueError("on purpose")
        if path == "/body":
            await read_body(receive)
        if path == "/wait":
            await self.go.wait()
        length = [(b"content-length", b"2")] if path in ("/", "/body", "/wait") else []
        await send({"type": "http.response.start", "status": 200, "headers": length})
        await send({"type": "http.response.body", "body": b"ok", "more_body": not length})
        if path == "/big":
            for _ in range(400):
                await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
        if path == "/large":
            await send({"type": "http.response.body", "body": b"x" * 9_000_000, "more_body": True})
        if path == "/open":
            while (await receive())["type"] != "http.disconnect":
                pass
            self.disconnects += 1
        elif not length:
            await send({"type": "http.response.body", "body": b"", "more_body": False})


async def read_body(receive: Receive) -> None:
    """Read a request's body to its end."""
    more = True
    while more:
        more = (await receive()).get("more_body", False)


@dataclass
class Answer:
    """A response as it came."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes = b""

    def __getitem__(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")


@dataclass
class Client:
    """A raw connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        """Send bytes, as far as the server accepts them."""
        try:
            self.writer.write(data)
            await self.writer.drain()
        except ConnectionError:
            pass

    async def answer(self) -> Answer:
        """Read one response whose length is known or that ends with the connection."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.split("\r\n")[:-2]
        headers = [(name.lower(), value) for name, _, value in (line.partition(": ") for line in lines)]
        answer = Answer(int(first.split()[1]), headers)
        length = answer["content-length"]
        answer.body = await (self.reader.readexactly(int(length)) if length else self.reader.read())
        return answer

    async def rest(self) -> bytes:
        """Read until the server closes the connection."""
        try:
            return await self.reader.read()
        except ConnectionError:
            return b""

    async def reset(self) -> None:
        """Disconnect by RST."""
        self.writer.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.close()


@dataclass
class Served:
    """A running server."""

    port: int
    app: TinyApp
    server: http.EmbeddedServer
    clients: list[Client] = field(default_factory=list)

    async def connect(self) -> Client:
        """Open a connection."""
        client = Client(*await asyncio.open_connection("127.0.0.1", self.port))
        self.clients.append(client)
        return client

    async def ask(self, request: bytes) -> Answer:
        """Send bytes on a connection of their own, and return the first answer."""
        client = await self.connect()
        await client.send(request)
        return await client.answer()


@asynccontextmanager
async def serving(names: Iterator[str] | tuple[str, ...] = (), **limits: Any) -> AsyncIterator[Served]:
    """Run a server on a free port."""
    app = TinyApp()
    rule = http.HostRule(names, "CINESTREAM_TEST_HOSTS")
    server = http.server(app, name="test", hosts=rule, limits=http.Limits(**limits))
    sock = http.bind("127.0.0.1", 0, setting="")
    served = Served(sock.getsockname()[1], app, server)
    task = asyncio.create_task(http.serve(server, sock))
    try:
        while not server.started:
            await asyncio.sleep(0)
        async with asyncio.timeout(30):
            yield served
    finally:
        for client in served.clients:
            client.writer.transport.abort()
        app.go.set()
        server.should_exit = True
        await task
