"""HTTP requests to the Trakt API: headers, the login, and errors by their kind. Retries are the client's."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, TypeVar

import msgspec
import orjson
from aiohttp import ClientError, ClientResponse, ClientSession

from cinestream_flow.message import Message, message_of
from cinestream_flow.rate import RateLimiter
from cinestream_trakt_export.trakt.connections import connection_error, proxy_for
from cinestream_trakt_export.trakt.errors import NeedsLogin, RateLimited, ServerFault, check, pause_seconds
from cinestream_trakt_export.trakt.oauth import OAuth

T = TypeVar("T")
Query = Mapping[str, str | int]
_validate = msgspec.json.Decoder(msgspec.Raw).decode  # finds invalid JSON without building objects


@dataclass(frozen=True)
class ApiResponse:
    """A successful response of the API.

    Args:
        headers: the headers, names in lower case.
        body: the JSON text.
        stale: the response was stored some time ago, and Trakt is down now.
        unchanged: a 304. The body is empty, and the response with the ETag that was sent is still valid.
    """

    headers: Mapping[str, str]
    body: bytes
    stale: bool = False
    unchanged: bool = False

    @cached_property
    def content(self) -> Any:
        """The parsed body, None for an empty one."""
        return orjson.loads(self.body) if self.body else None


class Transport:
    """Requests of the account that is logged in.

    Args:
        http: the connections.
        oauth: the login.
        url: the address of the API.
        limit: paused for as long as a response asks, for all callers.
    """

    def __init__(self, http: ClientSession, oauth: OAuth, url: str, limit: RateLimiter) -> None:
        self.sent = 0
        self._http, self._oauth, self._url, self._limit = http, oauth, url, limit
        self._proxy = proxy_for(url)

    async def get(self, path: str, query: Query, etag: str = "") -> ApiResponse:
        """Return one response. With an ETag it may be `unchanged`.

        Raises:
            TraktError: Trakt refused the request.
            Transient: Trakt is down, cannot be reached, or asks for fewer requests.
        """
        return await self._authorized(lambda token: self._get(path, query, token, etag))

    async def stream(self, path: str, query: Query, receive: Callable[[AsyncIterator[bytes]], Awaitable[None]]) -> None:
        """Pass the body of one response to `receive` while it arrives. Raise the errors of `get`."""

        async def send(token: str) -> None:
            async with self._response(path, query, token) as (response, _):
                await receive(response.content.iter_any())

        await self._authorized(send)

    async def _authorized(self, send: Callable[[str], Awaitable[T]]) -> T:
        """Send a request with an access token. Renew the token once if Trakt refuses it."""
        token = await self._oauth.bearer()
        try:
            return await send(token)
        except NeedsLogin:
            token = await self._oauth.bearer(refused=token)
        return await send(token)

    async def _get(self, path: str, query: Query, token: str, etag: str) -> ApiResponse:
        async with self._response(path, query, token, etag) as (response, headers):
            body = await response.read()
        if response.status == 304:
            return ApiResponse(headers, b"", unchanged=True)
        try:
            _validate(body)
        except msgspec.DecodeError:
            raise ServerFault(Message("Trakt's response is not JSON")) from None
        return ApiResponse(headers, body)

    @asynccontextmanager
    async def _response(
        self, path: str, query: Query, token: str, etag: str = ""
    ) -> AsyncIterator[tuple[ClientResponse, dict[str, str]]]:
        """Yield a successful response before its body is read, and its headers, names in lower case."""
        self.sent += 1
        headers = {"Authorization": f"Bearer {token}"} | ({"If-None-Match": etag} if etag else {})
        try:
            # The API has no redirects. Following one could send the login to another host.
            async with self._http.get(
                f"{self._url}{path}", params=query, headers=headers, proxy=self._proxy, allow_redirects=False
            ) as response:
                received = {name.lower(): value for name, value in response.headers.items()}
                self._check(response.status, received, conditional=bool(etag))
                yield response, received
        except TimeoutError as error:
            message = Message("Trakt does not answer ({error})", error=type(error).__name__)
            raise ServerFault(message, fault="timeout") from error
        except ClientError as error:
            raise connection_error(error) from error

    def _check(self, status: int, headers: Mapping[str, str], *, conditional: bool) -> None:
        """Raise the error that a status means, and pause all callers for as long as the headers ask."""
        now = datetime.now(UTC)
        self._limit.pause(pause_seconds(headers, now) if status < 400 else 0.0)
        if conditional and status == 304:
            return
        try:
            check(status, headers, now)
        except RateLimited as error:
            # The limiter's pause already delays this caller, so its retry adds no delay of its own.
            self._limit.pause(error.retry_after or 0.0)
            raise RateLimited(message_of(error), retry_after=0.0) from None
