"""Which answers of Trakt are kept, under which name, and when a kept one is an answer."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import orjson

from cinestream_flow.cache import CachedResponse, CacheLimits, Codec, MemoryStore, ResponseCache, SqliteStore
from cinestream_trakt_export import metrics
from cinestream_trakt_export.settings import Cache
from cinestream_trakt_export.trakt.endpoints import Endpoint, endpoint_of
from cinestream_trakt_export.trakt.transport import Answer, Query

_HEADERS = ("etag", "x-pagination-page", "x-pagination-limit", "x-pagination-page-count", "x-pagination-item-count")
_COUNTED = {"hit": "hits", "confirmed": "confirmed", "stale": "stale", "miss": "misses"}


def open_cache(settings: Cache) -> ResponseCache:
    """The cache as it is set, which must be closed by its store's `close`."""
    key = settings.encryption_key.get_secret_value() if settings.encryption else ""
    codec = Codec(compression=settings.compression, key=key)
    bounds = CacheLimits(settings.capacity, settings.max_bytes, settings.keep)
    store = MemoryStore(bounds) if settings.store == "memory" else SqliteStore(settings.dir / "answers.db", bounds)
    return ResponseCache(store, codec, cleanup_interval=settings.cleanup_interval)


@dataclass(frozen=True)
class Question:
    """A question to Trakt, and what is known of its answer."""

    endpoint: Endpoint
    key: str
    known: CachedResponse | None

    @property
    def etag(self) -> str:
        """What the answer that is known was called."""
        return self.known.headers.get("etag", "") if self.known else ""


class AnswerCache:
    """Kept answers of one application at one address.

    Args:
        cache: where they are.
        url: of the API.
        ttl: seconds for which lasting answers are fresh.

    What happens is counted while `counting`.
    """

    counting = True

    def __init__(self, cache: ResponseCache, url: str, *, ttl: float) -> None:
        self.cache, self.ttl = cache, ttl
        self._url = url

    def question(self, path: str, query: Query, scope: Callable[[], str]) -> Question:
        """A question of the account `scope`, which matters only where answers are not the same for everyone."""
        endpoint = endpoint_of(path)
        named = [self._url, path, sorted((name, str(value)) for name, value in query.items())]
        key = hashlib.sha256(orjson.dumps([*named, scope() if endpoint.private else ""])).hexdigest()
        return Question(endpoint, key, self.cache.get(key))

    def fresh(self, question: Question) -> Answer | None:
        """The answer, when it need not be asked for."""
        if question.known is None or not question.endpoint.lasting or self.cache.age(question.known) >= self.ttl:
            return None
        self._count("hit")
        return _answer(question.known)

    def stale(self, question: Question) -> Answer | None:
        """What Trakt said some time ago, marked, for when it cannot be asked."""
        if question.known is None or not question.endpoint.lasting:
            return None
        self._count("stale")
        return _answer(question.known, stale=True)

    def confirmed(self, question: Question, answer: Answer) -> Answer | None:
        """The whole answer to a 304; None when it would not be whole.

        An ETag is about the body: the number of pages that was kept with it may no longer be true.
        """
        known, pages = question.known, "x-pagination-page-count"
        if known is None or (pages in known.headers and pages not in answer.headers):
            return None
        self._count("confirmed")
        headers = {**known.headers, **_kept_headers(answer.headers)}
        self.cache.put(question.key, headers, known.body)
        return _answer(CachedResponse(headers, known.body, known.at))

    def keep(self, question: Question, answer: Answer) -> None:
        """Keep a new answer, if it can be of use: fresh for a while, or confirmed by its ETag."""
        self._count("miss")
        if question.endpoint.lasting or "etag" in answer.headers:
            self.cache.put(question.key, _kept_headers(answer.headers), answer.body)

    def _count(self, result: str) -> None:
        if not self.counting:
            return
        statistics, name = self.cache.statistics, _COUNTED[result]
        setattr(statistics, name, getattr(statistics, name) + 1)
        metrics.CACHE.labels(result).inc()


def _kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: headers[name] for name in _HEADERS if name in headers}


def _answer(kept: CachedResponse, *, stale: bool = False) -> Answer:
    return Answer(kept.headers, kept.body, stale=stale)
