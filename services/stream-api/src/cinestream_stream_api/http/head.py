"""`HeadAsGet`: every address that can be read with GET answers HEAD with the same headers (RFC 9110, 9.3.2)."""

from starlette.types import ASGIApp, Receive, Scope, Send


class HeadAsGet:
    """Middleware that lets the routes see a GET; the server leaves the body out. Not for a stream, which never ends."""

    def __init__(self, app: ASGIApp, stream: str) -> None:
        self._app = app
        self._stream = stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] == "http" and scope["method"] == "HEAD" and scope["path"] != self._stream:
            scope = {**scope, "method": "GET"}
        await self._app(scope, receive, send)
