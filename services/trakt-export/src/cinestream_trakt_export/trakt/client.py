"""A client of the Trakt API for one account.

A request passes the parts in this order: cache, retries, rate limiter, worker pool, circuit breaker, transport.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from cinestream_flow.breaker import CircuitBreaker, CircuitOpen, CircuitState
from cinestream_flow.message import message_of
from cinestream_flow.pool import JobTimeout, WorkerPool
from cinestream_flow.rate import RateLimiter
from cinestream_flow.retry import ONCE, RetryPolicy, retry
from cinestream_trakt_export.settings import TraktSettings
from cinestream_trakt_export.trakt.cache import ApiCache, open_cache
from cinestream_trakt_export.trakt.connections import http_client
from cinestream_trakt_export.trakt.errors import RateLimited, ServerFault
from cinestream_trakt_export.trakt.oauth import OAuth
from cinestream_trakt_export.trakt.statistics import RequestStatistics
from cinestream_trakt_export.trakt.tokens import token_store
from cinestream_trakt_export.trakt.transport import ApiResponse, Query, Transport

__all__ = ["ApiResponse", "Trakt", "connected"]
T = TypeVar("T")
WRITES_PER_SECOND = 1.0
"""Trakt's limit for POST requests (https://trakt.docs.apiary.io, "Rate Limiting")."""


class Trakt:
    """The API as one account sees it.

    All callers share one rate limiter, circuit breaker, worker pool, connection pool and cache.

    Args:
        transport: sends the requests.
        oauth: the login of the account.
        limit: the rate limiter. Every request waits for it, and the transport pauses it when Trakt asks for a pause.
        cache: the cached responses, None for a client without cache.
    """

    def __init__(self, transport: Transport, oauth: OAuth, limit: RateLimiter, cache: ApiCache | None) -> None:
        self.oauth, self.cache = oauth, cache
        self.statistics = RequestStatistics()
        self.breaker = CircuitBreaker("Trakt", is_failure=lambda error: isinstance(error, ServerFault))
        self.pool = WorkerPool(size=1, max_queue=1, timeout=None)
        self.limit = limit
        self._transport = transport

    def configure(self, settings: TraktSettings) -> None:
        """Use these settings for every later request.

        The addresses, the application, the connections and the place of the cache do not change.
        """
        enabled, workers = settings.capabilities, settings.worker_pool
        self.policy = RetryPolicy(**settings.retry.model_dump(exclude={"retry_on"})) if enabled.retry else ONCE
        self._retry_on = settings.retry.retry_on
        self._limiter_enabled, self._breaker_enabled = enabled.limiter, enabled.breaker
        self.limit.set_rate(settings.api.performance.rate_limit_per_sec)
        self.breaker.configure(**settings.breaker.model_dump())
        self.pool.configure(
            size=workers.size if enabled.concurrency else 1,
            max_queue=workers.max_queue_size,
            timeout=workers.worker_timeout,
        )
        self.statistics.enabled = enabled.metrics
        self._cache_enabled = settings.cache.enabled
        if self.cache:
            self.cache.ttl, self.cache.counting = settings.cache.ttl, enabled.metrics

    @property
    def requests(self) -> int:
        """The number of requests that were sent."""
        return self._transport.sent

    def is_retryable(self, error: Exception) -> bool:
        """Return whether the settings allow another attempt after this error."""
        if isinstance(error, CircuitOpen):
            return "server" in self._retry_on
        return isinstance(error, ServerFault | RateLimited) and error.fault in self._retry_on

    async def get(self, path: str, **query: str | int) -> ApiResponse:
        """Return the response for a path, after as many attempts as the settings allow.

        Raises:
            TraktError: Trakt refused the request.
            Transient: All attempts failed.
        """
        return await retry(self.policy, lambda: self.once(path, **query), retryable=self.is_retryable)

    async def once(self, path: str, **query: str | int) -> ApiResponse:
        """Return the response for a path in one attempt. Raise the errors of `get`."""
        if self.cache is None or not self._cache_enabled:
            return await self._send(path, query)
        lookup = self.cache.look_up(path, query, lambda: self.oauth.scope)
        if response := self.cache.fresh(lookup):
            return response
        try:
            response = await self._send(path, query, lookup.etag)
            if response.unchanged and not lookup.is_confirmed_by(response):
                response = await self._send(path, query)
        except (ServerFault, CircuitOpen):
            # A single failure is no reason for old facts: only an open circuit means that Trakt is down.
            stale = None if self.breaker.state is CircuitState.CLOSED else self.cache.stale(lookup)
            if stale is None:
                raise
            return stale
        return self.cache.store(lookup, response)

    async def stream(
        self, path: str, receive: Callable[[AsyncIterator[bytes]], Awaitable[None]], **query: str | int
    ) -> None:
        """Pass the body of a response to `receive` while it arrives. Each attempt calls `receive` anew.

        Such a response is not cached, and the time limit of a request does not apply. Raises the errors of `get`.
        """

        async def attempt() -> None:
            await self._run(path, lambda: self._transport.stream(path, query, receive))

        await retry(self.policy, attempt, retryable=self.is_retryable)

    async def _send(self, path: str, query: Query, etag: str = "") -> ApiResponse:
        return await self._run(path, lambda: self.pool.timed(lambda: self._transport.get(path, query, etag)))

    async def _run(self, path: str, send: Callable[[], Awaitable[T]]) -> T:
        """Send a request as soon as the rate limiter and the worker pool admit it."""
        await self.limit.acquire(limited=self._limiter_enabled)
        async with self.pool.worker():
            job = self._recorded(path, send)
            return await (self.breaker.call(job) if self._breaker_enabled else job())

    def _recorded(self, path: str, send: Callable[[], Awaitable[T]]) -> Callable[[], Awaitable[T]]:
        """Return a function that sends the request and records its result in the statistics."""

        async def job() -> T:
            begun = time.perf_counter()
            try:
                response = await send()
            except Exception as error:
                fault = ServerFault(message_of(error), fault="timeout") if isinstance(error, JobTimeout) else error
                self.statistics.record(path, time.perf_counter() - begun, getattr(fault, "fault", "refused"), fault)
                raise fault from None
            result = "unchanged" if isinstance(response, ApiResponse) and response.unchanged else "ok"
            self.statistics.record(path, time.perf_counter() - begun, result)
            return response

        return job


@asynccontextmanager
async def connected(settings: TraktSettings) -> AsyncIterator[Trakt]:
    """Open a client for the account that is logged in. Without a login, only its `oauth` can be used."""
    limit = RateLimiter(settings.api.performance.rate_limit_per_sec)
    responses = open_cache(settings.cache) if settings.cache.enabled else None
    cache = ApiCache(responses, settings.api.url, ttl=settings.cache.ttl) if responses else None
    try:
        async with http_client(settings.api) as http:
            oauth = OAuth(http, settings.api, token_store(settings.login), limit=RateLimiter(WRITES_PER_SECOND))
            trakt = Trakt(Transport(http, oauth, settings.api.url, limit), oauth, limit, cache)
            trakt.configure(settings)
            yield trakt
    finally:
        if responses:
            responses.store.close()
