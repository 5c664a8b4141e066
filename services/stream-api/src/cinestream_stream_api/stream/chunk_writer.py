"""The write side of a stream, below ASGI.

With thousands of clients, the cost of an event is the work done once per client. ASGI's `send` builds a message,
steps a coroutine and copies the bytes into an HTTP/1.1 chunk at each write. Here a stream starts and ends through
ASGI. Between the two, chunks that were made once for all clients are written directly to the transport.
"""

from collections.abc import Callable
from typing import Any

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_EXTENSION = "cinestream.chunk_writer"


class ChunkWriter(HttpToolsProtocol):
    """uvicorn's HTTP protocol, which also offers direct writes to the application as an ASGI extension.

    Write only between the start and the end of a response with a chunked body.
    """

    on_resume: Callable[[], None] | None = None
    """Called when the client reads again after `paused`."""

    def on_message_begin(self) -> None:
        """Offer the extension to each request."""
        super().on_message_begin()
        self.scope["extensions"] = {_EXTENSION: {"writer": self}}

    def resume_writing(self) -> None:
        """Report that the client has read enough to be written to again."""
        super().resume_writing()
        if self.on_resume is not None:
            self.on_resume()

    @property
    def paused(self) -> bool:
        """True while the client does not keep up, so that further writes would be kept in memory."""
        return self.flow.write_paused

    def write(self, chunks: bytes) -> None:
        """Write whole chunks (RFC 9112, 7.1) without waiting. The same bytes object may go to several clients."""
        self.transport.write(chunks)

    async def drain(self) -> None:
        """Wait until the client reads again or has gone."""
        await self.flow.drain()

    def abort(self) -> None:
        """Cut the connection without waiting for unwritten bytes. uvicorn's own close would wait."""
        self.transport.abort()


def chunk_writer_of(scope: Scope) -> ChunkWriter:
    """Return the chunk writer of a request.

    Raises:
        RuntimeError: the application runs on a server without this extension.
    """
    extension: dict[str, Any] | None = (scope.get("extensions") or {}).get(_EXTENSION)
    if extension is None:
        raise RuntimeError("the stream needs uvicorn with http=ChunkWriter, as cinestream-stream-api starts it")
    writer: ChunkWriter = extension["writer"]
    return writer
