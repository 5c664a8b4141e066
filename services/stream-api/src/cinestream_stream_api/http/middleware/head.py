"""HEAD for each address that can be read with GET (RFC 9110, 9.3.2)."""

from starlette.types import ASGIApp, Receive, Scope, Send


class HeadAsGet:
    """Middleware that shows the routes a GET for each HEAD. The server leaves out the body.

    The stream is excepted, because it would never end. Its route answers HEAD itself.
    """

    def __init__(self, app: ASGIApp, stream: str) -> None:
        self._app = app
        self._stream = stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] == "http" and scope["method"] == "HEAD" and scope["path"] != self._stream:
            scope = {**scope, "method": "GET"}
        await self._app(scope, receive, send)
