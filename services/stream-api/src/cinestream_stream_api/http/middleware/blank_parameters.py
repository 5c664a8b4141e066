"""Query parameters without a value."""

from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Receive, Scope, Send


class BlankParameters:
    """Middleware that removes query parameters without a value, so that they count as absent.

    Forms and scripts send the fields that a user left empty.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if query := scope.get("query_string"):
            scope = {**scope, "query_string": b"&".join(pair for pair in query.split(b"&") if not _is_blank(pair))}
        await self._app(scope, receive, send)


def _is_blank(pair: bytes) -> bool:
    return not unquote_to_bytes(pair.partition(b"=")[2].replace(b"+", b" ")).strip()
