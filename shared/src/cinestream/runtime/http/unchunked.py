"""Answers to HTTP/1.0, which knows no chunks (RFC 9112, 7.1)."""

from typing import Any

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle


class Unchunked:
    """The application for one HTTP/1.0 request. A body of unknown length ends with the connection.

    uvicorn would send it in chunks. Its bookkeeping of lengths is set here such that it sends the body as it is.
    """

    def __init__(self, app: ASGI3Application, cycle: RequestResponseCycle) -> None:
        self._app = app
        self._cycle = cycle
        self._unlimited = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Handle the request."""
        await self._app(scope, receive, self._send)

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self._unlimited = not any(name.lower() == b"content-length" for name, _ in message.get("headers", ()))
            if self._unlimited:
                self._cycle.chunked_encoding = False
        elif self._unlimited:
            self._cycle.expected_content_length = len(message.get("body", b""))
        await self._cycle.send(message)
