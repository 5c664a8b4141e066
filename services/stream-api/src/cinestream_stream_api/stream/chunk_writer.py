"""`Outlet`: the server's side of a stream, below ASGI.

With thousands of clients the cost of an event is what is done once for each of them. ASGI's `send` builds a
message, steps a coroutine, and copies the bytes into a chunk of HTTP/1.1 at every write. A stream here starts
and ends by ASGI, and writes what is between as chunks that were made once for all clients.
"""

from collections.abc import Callable
from typing import Any

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_EXTENSION = "cinestream.outlet"


class Outlet(HttpToolsProtocol):
    """uvicorn's protocol, which offers itself to its requests as an ASGI extension: see `outlet_of`.

    Only between the start and the end of a response whose body is chunked may anything be written.
    """

    resumed: Callable[[], None] | None = None
    """Called when the client reads again, after `paused`."""

    def on_message_begin(self) -> None:
        """Offer the extension with every request."""
        super().on_message_begin()
        self.scope["extensions"] = {_EXTENSION: {"outlet": self}}

    def resume_writing(self) -> None:
        """The client has read what it was sent."""
        super().resume_writing()
        if self.resumed is not None:
            self.resumed()

    @property
    def paused(self) -> bool:
        """Whether the client does not keep up, so that a further write would be kept in memory."""
        return self.flow.write_paused

    def write(self, chunks: bytes) -> None:
        """Write whole chunks (RFC 9112, 7.1) without waiting; several clients may be given the same bytes."""
        self.transport.write(chunks)

    async def drain(self) -> None:
        """Wait until the outlet is not paused, or the client has gone."""
        await self.flow.drain()

    def abort(self) -> None:
        """Cut the connection without waiting for what is not written yet, which is what uvicorn's own close does."""
        self.transport.abort()


def outlet_of(scope: Scope) -> Outlet:
    """The outlet of a request.

    Raises:
        RuntimeError: it is served by another server than ours.
    """
    extension: dict[str, Any] | None = (scope.get("extensions") or {}).get(_EXTENSION)
    if extension is None:
        raise RuntimeError("the stream needs uvicorn with http=Outlet, as cinestream-stream-api starts it")
    outlet: Outlet = extension["outlet"]
    return outlet
