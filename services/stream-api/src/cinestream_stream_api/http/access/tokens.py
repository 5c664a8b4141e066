"""Access tokens of the API (RFC 6750). Without configured tokens the API is open."""

import hmac
from collections.abc import Iterable, Sequence

from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from cinestream_flow.logger import get_logger
from cinestream_stream_api.http.access.attempts import Attempts
from cinestream_stream_api.http.client_address import Network, address_of
from cinestream_stream_api.http.problems import problem

COOKIE = "cinestream_token"
"""The cookie for browsers, whose `EventSource` cannot send a header."""

GUARDED = "/api/"

_SEND_IT = "send `Authorization: Bearer <token>`, or the cookie that POST /session sets"

log = get_logger("stream")


class TokenList:
    """The valid tokens. It is empty if the API is open."""

    def __init__(self, tokens: Iterable[str]) -> None:
        self._tokens = [token.encode() for token in tokens]

    def __len__(self) -> int:
        return len(self._tokens)

    def __contains__(self, token: str) -> bool:
        # Compare with all tokens, so that the time taken reveals nothing about them.
        return sum(hmac.compare_digest(token.encode(), known) for known in self._tokens) > 0


class Tokens:
    """Middleware that requires a token for all of /api/, in the header or in the cookie.

    Args:
        app: the application.
        tokens: the valid tokens.
        proxies: networks of proxies whose `X-Forwarded-For` is trusted.
    """

    def __init__(self, app: ASGIApp, tokens: TokenList, proxies: Sequence[Network]) -> None:
        self._app = app
        self._tokens = tokens
        self._proxies = proxies
        # A client that repeats a wrong token must not fill the log.
        self._logged = Attempts(burst=1, seconds=60)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401, or let the request pass."""
        if scope["type"] != "http" or not scope["path"].startswith(GUARDED):
            await self._app(scope, receive, send)
            return
        request = HTTPConnection(scope)
        token = token_of(request)
        if token in self._tokens:
            await self._app(scope, receive, send)
            return
        if token:
            self._log(request)
        await unauthorized(token)(scope, receive, send)

    def _log(self, request: HTTPConnection) -> None:
        address = address_of(request, self._proxies)
        if not self._logged.wait(address):
            self._logged.add(address)
            log.warning("token.refused", address=address, path=request.url.path, cure="see CINESTREAM_STREAM_TOKENS")


def unauthorized(token: str) -> Response:
    """Return a 401 response, for a wrong token or for none."""
    if token:
        headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
        return problem(401, "Unauthorized", f"the token is not valid; {_SEND_IT}", headers=headers)
    return problem(401, "Unauthorized", f"a token is needed; {_SEND_IT}", headers={"WWW-Authenticate": "Bearer"})


def token_of(request: HTTPConnection) -> str:
    """Return the token of a request, or an empty text."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    # The parser of the standard library would drop all cookies after one that it cannot read.
    return request.cookies.get(COOKIE, "")
