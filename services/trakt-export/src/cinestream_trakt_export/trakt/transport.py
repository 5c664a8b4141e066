"""One request to Trakt and its answer: headers, the login, and faults told apart. No policy."""

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
from cinestream_trakt_export.trakt.connections import fault_of, proxy_for
from cinestream_trakt_export.trakt.errors import NeedsLogin, RateLimited, ServerFault, check, wait_of
from cinestream_trakt_export.trakt.oauth import OAuth

T = TypeVar("T")
Query = Mapping[str, str | int]
_valid = msgspec.json.Decoder(msgspec.Raw).decode  # without making anything of it


@dataclass(frozen=True)
class Answer:
    """A good answer: its headers (names in lower case), and its body, JSON as it came.

    Args:
        stale: not asked for now, because Trakt is down: what it said some time ago.
        unchanged: a 304: what is kept under the `etag` that was sent is still true; there is no content.
    """

    headers: Mapping[str, str]
    body: bytes
    stale: bool = False
    unchanged: bool = False

    @cached_property
    def content(self) -> Any:
        """The body parsed; None for none."""
        return orjson.loads(self.body) if self.body else None


class Transport:
    """Requests of the account that is logged in. What answers ask everyone to wait goes to the `limit`."""

    def __init__(self, http: ClientSession, oauth: OAuth, url: str, limit: RateLimiter) -> None:
        self.sent = 0
        self._http, self._oauth, self._url, self._limit = http, oauth, url, limit
        self._proxy = proxy_for(url)

    async def ask(self, path: str, query: Query, *, etag: str = "") -> Answer:
        """One answer; with an `etag` it may be `unchanged`."""
        return await self._authorized(lambda token: self._ask(path, query, token, etag))

    async def feed(self, path: str, query: Query, receive: Callable[[AsyncIterator[bytes]], Awaitable[None]]) -> None:
        """Give the body of one answer to `receive` as it comes."""

        async def ask(token: str) -> None:
            async with self._answer(path, query, token) as (response, _):
                await receive(response.content.iter_any())

        await self._authorized(ask)

    async def _authorized(self, ask: Callable[[str], Awaitable[T]]) -> T:
        """A token that Trakt refuses is renewed once."""
        token = await self._oauth.bearer()
        try:
            return await ask(token)
        except NeedsLogin:
            token = await self._oauth.bearer(refused=token)
        return await ask(token)

    async def _ask(self, path: str, query: Query, token: str, etag: str) -> Answer:
        async with self._answer(path, query, token, etag) as (response, headers):
            body = await response.read()
        if response.status == 304:
            return Answer(headers, b"", unchanged=True)
        try:
            _valid(body)
        except msgspec.DecodeError:
            raise ServerFault(Message("Trakt's answer is not JSON")) from None
        return Answer(headers, body)

    @asynccontextmanager
    async def _answer(
        self, path: str, query: Query, token: str, etag: str = ""
    ) -> AsyncIterator[tuple[ClientResponse, dict[str, str]]]:
        """A good answer, its body still to be read, and its headers, names in lower case."""
        self.sent += 1
        headers = {"Authorization": f"Bearer {token}"} | ({"If-None-Match": etag} if etag else {})
        try:
            async with self._http.get(
                f"{self._url}{path}", params=query, headers=headers, proxy=self._proxy, allow_redirects=False
            ) as response:
                answered = {name.lower(): value for name, value in response.headers.items()}
                self._check(response.status, answered, conditional=bool(etag))
                yield response, answered
        except TimeoutError as error:
            raise ServerFault(
                Message("Trakt does not answer ({error})", error=type(error).__name__), fault="timeout"
            ) from error
        except ClientError as error:
            raise fault_of(error) from error

    def _check(self, status: int, headers: Mapping[str, str], *, conditional: bool) -> None:
        """Raise what the status means; what the headers ask for holds everyone."""
        now = datetime.now(UTC)
        self._limit.pause(wait_of(headers, now) if status < 400 else 0.0)
        if conditional and status == 304:
            return
        try:
            check(status, headers, now)
        except RateLimited as error:
            self._limit.pause(error.retry_after or 0.0)
            raise RateLimited(message_of(error), retry_after=0.0) from None  # the pause holds everyone, this caller too
