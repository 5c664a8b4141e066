"""Access to ops endpoints that show or end the work of others: from this machine, or with a token."""

import hmac
from collections.abc import Awaitable, Callable
from ipaddress import IPv6Address, ip_address
from typing import TypeAlias

from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]

_FOREIGN = ("forwarded", "x-forwarded", "x-real-ip", "via", "true-client-ip", "cf-connecting-ip", "origin")
"""Beginnings of headers that proxies and scripts of web sites add.

A proxy on this machine passes on requests that come from elsewhere, and so does a browser.
"""


def for_operators(endpoint: Endpoint, token: SecretStr) -> Endpoint:
    """Return the endpoint with a check of each request.

    A request passes if it comes directly from the loopback interface, or carries the token as a bearer token
    (RFC 6750). All others get 401 if there is a token, and 403 if there is none.
    """
    secret = token.get_secret_value().encode()

    async def checked(request: Request) -> Response:
        if _is_local(request) or (secret and hmac.compare_digest(_bearer(request), secret)):
            return await endpoint(request)
        if secret:
            reason = "the token of CINESTREAM_OPS_TOKEN is needed"
            return JSONResponse({"reason": reason}, status_code=401, headers={"WWW-Authenticate": "Bearer"})
        return JSONResponse({"reason": "only from this machine, unless CINESTREAM_OPS_TOKEN is set"}, status_code=403)

    return checked


def _is_local(request: Request) -> bool:
    """Return True if the request comes from the loopback interface, and through neither a proxy nor a web site."""
    if request.client is None or any(name.lower().startswith(_FOREIGN) for name in request.headers):
        return False
    try:
        address = ip_address(request.client.host)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.is_loopback


def _bearer(request: Request) -> bytes:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip().encode() if scheme.lower() == "bearer" else b""
