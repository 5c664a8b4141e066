"""The write side of a stream, below ASGI.

With thousands of clients, the cost of an event is the work done once per client. ASGI's `send` builds a message,
steps a coroutine and copies the bytes into an HTTP/1.1 chunk at each write. Here a stream starts and ends through
ASGI. Between the two, chunks that were made once for all clients are written directly to the transport.
"""

from typing import Any, Protocol

from starlette.types import Scope

from cinestream.runtime.http import LimitedProtocol
from cinestream_stream_api.events.frames import without_chunks

_EXTENSION = "cinestream.chunk_writer"


class WriterListener(Protocol):
    """The owner of a stream, as its writer sees it."""

    def resumed(self) -> None:
        """Continue to write, because the client reads again after `paused`."""

    def half_closed(self) -> None:
        """Find out whether the client still reads, because it sends nothing more."""


class ChunkWriter(LimitedProtocol):
    """The HTTP protocol, which also offers direct writes to the application as an ASGI extension.

    Write only between the start and the end of a response with a chunked body.
    """

    __slots__ = ("_listener",)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._listener: WriterListener | None = None

    def on_message_begin(self) -> None:
        """Offer the extension to each request."""
        super().on_message_begin()
        self.scope["extensions"] = {_EXTENSION: {"writer": self}}

    def attach(self, listener: WriterListener) -> None:
        """Begin a stream, and report to its owner."""
        self._listener = listener
        self.begin_stream()

    def detach(self) -> None:
        """Report nothing more to the owner of the stream."""
        self._listener = None

    def resume_writing(self) -> None:
        """Report that the client has read enough to be written to again."""
        super().resume_writing()
        if self._listener is not None:
            self._listener.resumed()

    def eof_received(self) -> bool:  # type: ignore[override]
        """Report that the client sends nothing more. It may have closed the connection, or only its half of it."""
        keep_open = super().eof_received()
        if keep_open and self._listener is not None:
            self._listener.half_closed()
        return keep_open

    @property
    def paused(self) -> bool:
        """True while the client does not keep up, so that further writes would be kept in memory."""
        return self.flow.write_paused

    def write(self, chunks: bytes) -> None:
        """Write whole chunks (RFC 9112, 7.1) without waiting. The same bytes object may go to several clients.

        A client that has disconnected gets nothing, and that is no error.
        """
        try:
            self.transport.write(chunks)
        except RuntimeError:
            # uvloop has closed the transport already, before the task of the stream has noticed the disconnect.
            if not self.transport.is_closing():
                raise

    def leave_out_chunks(self) -> None:
        """Write only the content of chunks, for a client of HTTP/1.0."""
        # An attribute of this connection, so that writes to all others need no check.
        self.write = lambda chunks: ChunkWriter.write(self, without_chunks(chunks))  # type: ignore[method-assign]

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
    if scope["http_version"] == "1.0":
        writer.leave_out_chunks()
    return writer
