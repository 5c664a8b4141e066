"""`POST /session` exchanges a token for a cookie, because a browser's `EventSource` cannot send a header."""

from typing import Any
from urllib.parse import parse_qs

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from cinestream_flow.logger import get_logger
from cinestream_stream_api.http.access.attempts import Attempts
from cinestream_stream_api.http.access.origin import Site, may_sign_in, site_of
from cinestream_stream_api.http.access.tokens import COOKIE, TokenList, unauthorized
from cinestream_stream_api.http.client_address import address_of, is_proxy
from cinestream_stream_api.http.problems import documented, problem
from cinestream_stream_api.settings import StreamSettings

SESSION = "/session"

_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"
_MAX_BODY = 4096
_MAX_AGE = 30 * 24 * 3600
"""Seconds for which a browser keeps the cookie."""

_BODY: Any = {"schema": {"type": "object", "properties": {"token": {"type": "string"}}, "required": ["token"]}}
_POST: dict[str, Any] = {
    "security": [],
    "requestBody": {"required": True, "content": {_JSON: _BODY | {"example": {"token": "…"}}, _FORM: _BODY}},
}
_SET = {"description": "The cookie is set", "headers": {"Set-Cookie": {"schema": {"type": "string"}}}}
_REMOVED = {"description": "The cookie is removed", "headers": {"Set-Cookie": {"schema": {"type": "string"}}}}

log = get_logger("stream")


class _Refused(Exception):
    def __init__(self, response: Response) -> None:
        self.response = response


def session_router(tokens: TokenList, settings: StreamSettings) -> APIRouter:
    """Return the routes that set and remove the cookie."""
    router = APIRouter()
    attempts = Attempts(burst=5, seconds=12)

    @router.post(
        SESSION,
        status_code=204,
        response_class=Response,
        responses={204: _SET, **documented(400, 403, 413, 415, 429)},
        openapi_extra=_POST,
        summary="Sign in: exchange a token for a cookie",
    )
    async def open_session(request: Request) -> Response:
        address = address_of(request, settings.stream_trusted_proxies)
        if seconds := attempts.wait(address):
            return _too_many(seconds)
        try:
            is_secure = _checked_origin(request, settings)
            token = _token_in(request.headers.get("content-type", ""), await _body_of(request))
        except _Refused as refused:
            return refused.response
        # Requests whose bodies came together have all passed the first check.
        if seconds := attempts.wait(address):
            return _too_many(seconds)
        if token not in tokens:
            attempts.add(address)
            log.warning("session.refused", address=address, reason="wrong token")
            return unauthorized(token)
        return _with_cookie(token, _MAX_AGE, is_secure=is_secure)

    @router.delete(
        SESSION,
        status_code=204,
        response_class=Response,
        responses={204: _REMOVED, **documented(403)},
        openapi_extra={"security": []},
        summary="Sign out: remove the cookie",
    )
    async def close_session(request: Request) -> Response:
        try:
            return _with_cookie("", 0, is_secure=_checked_origin(request, settings))
        except _Refused as refused:
            return refused.response

    return router


def _too_many(seconds: int) -> Response:
    detail = f"too many wrong tokens from this address; try again in {seconds} s"
    return problem(429, "Too Many Requests", detail, headers={"Retry-After": str(seconds)})


def _checked_origin(request: Request, settings: StreamSettings) -> bool:
    """Return True if the client uses TLS. Refuse a request of a page that may not sign in."""
    proxy = is_proxy(request, settings.stream_trusted_proxies)
    site = site_of(request.url.scheme, request.headers, is_proxy=proxy)
    origin = request.headers.get("origin")
    if not may_sign_in(origin, site, settings.stream_cors_origins):
        raise _Refused(_forbidden(str(origin), site))
    return site.is_secure_for(origin or "")


def _forbidden(origin: str, site: Site) -> Response:
    detail = (
        f"a page of {origin} may not sign in at {site.host}; "
        "let the proxy pass Host, or list the site in CINESTREAM_STREAM_CORS_ORIGINS"
    )
    return problem(403, "Forbidden", detail)


async def _body_of(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_BODY:
            raise _Refused(problem(413, "Content Too Large", f"the body is larger than {_MAX_BODY} bytes"))
    return body


def _token_in(content_type: str, body: bytes) -> str:
    """Return the token in the body of a form or in a JSON object."""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type not in (_JSON, _FORM):
        raise _Refused(problem(415, "Unsupported Media Type", f"send {_JSON} or {_FORM}"))
    try:
        token = orjson.loads(body)["token"] if media_type == _JSON else parse_qs(body.decode())["token"][0]
    except (ValueError, KeyError, TypeError):
        token = None
    if not isinstance(token, str) or not token:
        raise _Refused(problem(400, "Bad Request", 'expected {"token": "…"} or a form with the field token'))
    return token


def _with_cookie(value: str, max_age: int, *, is_secure: bool) -> Response:
    response = Response(status_code=204, headers={"Cache-Control": "no-store"})
    response.set_cookie(COOKIE, value, max_age, path="/", secure=is_secure, httponly=True, samesite="strict")
    return response
