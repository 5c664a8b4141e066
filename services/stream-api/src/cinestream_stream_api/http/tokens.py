"""Access tokens of the API. Without configured tokens the API is open."""

import hmac
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from cinestream_stream_api.http.problems import problem

COOKIE = "cinestream_token"
"""The cookie for browsers, whose `EventSource` cannot send a header."""

GUARDED = "/api/"


class Tokens:
    """Middleware that requires a bearer token (RFC 6750) for all of /api/, in the header or in the cookie."""

    def __init__(self, app: ASGIApp, tokens: Iterable[str]) -> None:
        self._app = app
        self._tokens = [token.encode() for token in tokens]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401, or let the request pass."""
        if (
            scope["type"] != "http"
            or not scope["path"].startswith(GUARDED)
            or self._is_valid(token_of(Headers(scope=scope)))
        ):
            await self._app(scope, receive, send)
            return
        refusal = problem(401, "Unauthorized", "a token is needed", headers={"WWW-Authenticate": "Bearer"})
        await refusal(scope, receive, send)

    def _is_valid(self, token: str) -> bool:
        # Compare with all tokens, so that the time taken reveals nothing about them.
        return sum(hmac.compare_digest(token.encode(), known) for known in self._tokens) > 0


def token_of(headers: Headers) -> str:
    """Return the token of a request, or an empty text."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return cookie.value if cookie else ""
