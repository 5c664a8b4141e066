"""The headers that depend on the address: the content security policy, and the privacy of the API with tokens."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cinestream.runtime.http.problem import STRICT_POLICY
from cinestream_stream_api.http.access.tokens import GUARDED
from cinestream_stream_api.http.routes.session import SESSION

_POLICY, STRICT = STRICT_POLICY[0]
"""The policy of answers that are no pages."""


class AnswerHeaders:
    """Middleware that completes the headers of each answer, errors included.

    A route that has a page sets its own content security policy. With tokens, no shared cache may keep what one client
    may read, and the answers to other clients differ.

    Args:
        app: the application. This middleware must be around all others, so that it sees their errors.
        private: True if the API has tokens.
    """

    def __init__(self, app: ASGIApp, *, private: bool) -> None:
        self._app = app
        self._private = private

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        private = self._private and scope["path"].startswith((GUARDED, SESSION))

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault(_POLICY, STRICT)
                if private:
                    _make_private(headers)
            await send(message)

        await self._app(scope, receive, complete)


def _make_private(headers: MutableHeaders) -> None:
    untouched = ", no-transform" if "no-transform" in headers.get("Cache-Control", "") else ""
    headers["Cache-Control"] = f"private, no-store{untouched}"
    headers.add_vary_header("Authorization, Cookie")
