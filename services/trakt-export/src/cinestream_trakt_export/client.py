"""One request to Trakt, with everything that can go wrong."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import httpx2
import orjson

from cinestream.resilience.breaker import CircuitBreaker
from cinestream.resilience.rate import RateLimit
from cinestream.resilience.retry import RetryPolicy, retry
from cinestream_trakt_export.answers import NeedsLogin, RateLimited, ServerFault, check, wait_of
from cinestream_trakt_export.login import OAuth
from cinestream_trakt_export.settings import TraktSettings
from cinestream_trakt_export.tokens import TokenFile


@dataclass(frozen=True)
class Answer:
    """A good answer: its headers (names in lower case), its body as it came, and the body parsed."""

    headers: Mapping[str, str]
    body: bytes
    content: Any


class Trakt:
    """Trakt's API as one account sees it. All callers share one rate, one circuit and one pool of connections."""

    def __init__(self, http: httpx2.AsyncClient, oauth: OAuth, settings: TraktSettings) -> None:
        self.oauth, self.requests = oauth, 0
        self._http = http
        self._url = settings.api.url
        self._policy = RetryPolicy(**settings.retry.model_dump(exclude={"retry_on"}))
        self._limit = RateLimit(settings.api.performance.rate_limit_per_sec)
        self._breaker = CircuitBreaker(
            "Trakt", counts=lambda error: isinstance(error, ServerFault), **settings.breaker.model_dump()
        )

    async def get(self, path: str, **query: str | int) -> Answer:
        """Ask for `path`; raises TraktError for a no, Transient when the attempts are used up."""
        return await retry(self._policy, lambda: self._admitted(path, query))

    async def _admitted(self, path: str, query: Mapping[str, str | int]) -> Answer:
        await self._limit.acquire()
        return await self._breaker.call(lambda: self._authorized(path, query))

    async def _authorized(self, path: str, query: Mapping[str, str | int]) -> Answer:
        """One answer; a token that Trakt refuses is renewed once."""
        token = await self.oauth.bearer()
        try:
            return await self._ask(path, query, token)
        except NeedsLogin:
            token = await self.oauth.bearer(refused=token)
        return await self._ask(path, query, token)

    async def _ask(self, path: str, query: Mapping[str, str | int], token: str) -> Answer:
        self.requests += 1
        try:
            response = await self._http.get(
                f"{self._url}{path}", params=dict(query), headers={"Authorization": f"Bearer {token}"}
            )
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            raise ServerFault(f"Trakt cannot be reached ({type(error).__name__})") from error
        now = datetime.now(UTC)
        headers = {name.lower(): value for name, value in response.headers.items()}
        self._limit.pause(wait_of(headers, now) if response.status_code < 400 else 0.0)
        try:
            check(response.status_code, headers, now)
            return Answer(headers, response.content, orjson.loads(response.content))
        except RateLimited as error:
            self._limit.pause(error.retry_after or 0.0)
            raise RateLimited(str(error), retry_after=0.0) from None  # the pause holds everyone, this caller too
        except orjson.JSONDecodeError:
            raise ServerFault("Trakt's answer is not JSON") from None


@asynccontextmanager
async def connected(settings: TraktSettings) -> AsyncIterator[Trakt]:
    """A client for the account that is logged in (or will be, through its `oauth`)."""
    performance = settings.api.performance
    http = httpx2.AsyncClient(
        headers={
            "Content-Type": "application/json",
            "User-Agent": f"cinestream-trakt/{version('cinestream-trakt-export')}",
            "trakt-api-key": settings.api.client_id,
            "trakt-api-version": "2",
        },
        timeout=performance.request_timeout,
        limits=httpx2.Limits(
            max_connections=performance.connection_pool,
            max_keepalive_connections=performance.connection_pool,
            keepalive_expiry=performance.idle_timeout,
        ),
    )
    async with http:
        yield Trakt(http, OAuth(http, settings.api, TokenFile(settings.login.token_file)), settings)
