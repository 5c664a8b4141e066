"""Trakt's API as one account sees it, with everything that can go wrong.

A question goes through, in this order: the cache, the retries, the limiter, the worker pool, the circuit breaker.
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
from cinestream_trakt_export.trakt.cache import AnswerCache, Question, open_cache
from cinestream_trakt_export.trakt.connections import http_client
from cinestream_trakt_export.trakt.endpoints import endpoint_of
from cinestream_trakt_export.trakt.errors import RateLimited, ServerFault
from cinestream_trakt_export.trakt.oauth import OAuth
from cinestream_trakt_export.trakt.statistics import Statistics
from cinestream_trakt_export.trakt.tokens import token_store
from cinestream_trakt_export.trakt.transport import Answer, Query, Transport

__all__ = ["Answer", "Trakt", "connected"]
T = TypeVar("T")
WRITES_A_SECOND = 1.0


class Trakt:
    """All callers share one rate, one circuit, one pool of workers, one pool of connections and one cache."""

    def __init__(self, transport: Transport, oauth: OAuth, limit: RateLimiter, cache: AnswerCache | None) -> None:
        self.oauth, self.cache = oauth, cache
        self.statistics = Statistics()
        self.breaker = CircuitBreaker("Trakt", is_failure=lambda error: isinstance(error, ServerFault))
        self.pool = WorkerPool(size=1, max_queue=1, timeout=None)
        self.limit = limit
        self._transport = transport

    def apply(self, settings: TraktSettings) -> None:
        """Go by these settings from now on; calls in flight are finished as they began.

        Addresses, the application, connections, and where answers are kept, stay as they were.
        """
        switches, workers = settings.capabilities, settings.worker_pool
        self.policy = RetryPolicy(**settings.retry.model_dump(exclude={"retry_on"})) if switches.retry else ONCE
        self._retry_on = settings.retry.retry_on
        self._steady, self._broken_off = switches.limiter, switches.breaker
        self.limit.set_rate(settings.api.performance.rate_limit_per_sec)
        self.breaker.configure(**settings.breaker.model_dump())
        self.pool.configure(
            size=workers.size if switches.concurrency else 1,
            max_queue=workers.max_queue_size,
            timeout=workers.worker_timeout,
        )
        self.statistics.enabled = switches.metrics
        self._cached = settings.cache.enabled
        if self.cache:
            self.cache.ttl, self.cache.counting = settings.cache.ttl, switches.metrics

    @property
    def requests(self) -> int:
        """Requests that were sent."""
        return self._transport.sent

    def retryable(self, error: Exception) -> bool:
        """Whether a question that met this is asked again, as the settings say."""
        if isinstance(error, CircuitOpen):
            return "server" in self._retry_on
        return isinstance(error, ServerFault | RateLimited) and error.fault in self._retry_on

    async def get(self, path: str, **query: str | int) -> Answer:
        """Ask for `path`; raises TraktError for a no, Transient when the attempts are used up."""
        if answer := self._fresh(path, query):
            return answer
        return await retry(self.policy, lambda: self._once(path, query), retryable=self.retryable)

    async def once(self, path: str, **query: str | int) -> Answer:
        """The same in one attempt."""
        return self._fresh(path, query) or await self._once(path, query)

    def _fresh(self, path: str, query: Query) -> Answer | None:
        if self.cache is None or not self._cached or not endpoint_of(path).lasting:
            return None
        return self.cache.fresh(self._question(self.cache, path, query))

    def _question(self, cache: AnswerCache, path: str, query: Query) -> Question:
        return cache.question(path, query, lambda: self.oauth.scope)

    async def _once(self, path: str, query: Query) -> Answer:
        if self.cache is None or not self._cached:
            return await self._measured(path, lambda: self._transport.ask(path, query))
        question = self._question(self.cache, path, query)
        try:
            return await self._asked(self.cache, question, path, query)
        except (ServerFault, CircuitOpen):
            if self.breaker.state is not CircuitState.CLOSED and (answer := self.cache.stale(question)):
                return answer
            raise

    async def feed(
        self, path: str, receive: Callable[[AsyncIterator[bytes]], Awaitable[None]], **query: str | int
    ) -> None:
        """Ask for `path`, and give its body to `receive` as it comes; after a fault that is called anew.

        Such answers are neither kept nor limited in time.
        """

        async def call() -> None:
            await self._measured(path, lambda: self._transport.feed(path, query, receive), limited=False)

        await retry(self.policy, call, retryable=self.retryable)

    async def _asked(self, cache: AnswerCache, question: Question, path: str, query: Query) -> Answer:
        answer = await self._measured(path, lambda: self._transport.ask(path, query, etag=question.etag))
        if answer.unchanged:
            if whole := cache.confirmed(question, answer):
                return whole
            answer = await self._measured(path, lambda: self._transport.ask(path, query))
        cache.keep(question, answer)
        return answer

    async def _measured(self, path: str, ask: Callable[[], Awaitable[T]], *, limited: bool = True) -> T:
        """One request, as soon as it is its turn."""
        await self.limit.acquire(limited=self._steady)
        timed = self.pool.timed if limited else _untimed

        async def job() -> T:
            begun = time.perf_counter()
            try:
                answer = await timed(ask)
            except Exception as error:
                fault = ServerFault(message_of(error), fault="timeout") if isinstance(error, JobTimeout) else error
                self.statistics.request(path, time.perf_counter() - begun, getattr(fault, "fault", "refused"), fault)
                raise fault from None
            result = "unchanged" if isinstance(answer, Answer) and answer.unchanged else "ok"
            self.statistics.request(path, time.perf_counter() - begun, result)
            return answer

        async with self.pool.worker():
            return await (self.breaker.call(job) if self._broken_off else job())


async def _untimed(ask: Callable[[], Awaitable[T]]) -> T:
    return await ask()


@asynccontextmanager
async def connected(settings: TraktSettings) -> AsyncIterator[Trakt]:
    """A client for the account that is logged in (or will be, through its `oauth`)."""
    limit = RateLimiter(settings.api.performance.rate_limit_per_sec)
    cache = open_cache(settings.cache) if settings.cache.enabled else None
    answers = AnswerCache(cache, settings.api.url, ttl=settings.cache.ttl) if cache else None
    try:
        async with http_client(settings.api) as http:
            oauth = OAuth(http, settings.api, token_store(settings.login), limit=RateLimiter(WRITES_A_SECOND))
            trakt = Trakt(Transport(http, oauth, settings.api.url, limit), oauth, limit, answers)
            trakt.apply(settings)
            yield trakt
    finally:
        if cache:
            cache.store.close()
