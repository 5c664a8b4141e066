"""The cache of Trakt's responses: the key of a response, how long it is fresh, and when it may be served stale."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import orjson

from cinestream_flow.cache import CachedResponse, CacheLimits, Codec, MemoryStore, ResponseCache, SqliteStore
from cinestream_trakt_export import metrics
from cinestream_trakt_export.settings import Cache
from cinestream_trakt_export.trakt.endpoints import Endpoint, endpoint_of
from cinestream_trakt_export.trakt.transport import ApiResponse, Query

_PAGE_COUNT = "x-pagination-page-count"
_STORED_HEADERS = ("etag", "x-pagination-page", "x-pagination-limit", _PAGE_COUNT, "x-pagination-item-count")
_COUNTERS = {"hit": "hits", "confirmed": "confirmed", "stale": "stale", "miss": "misses"}


def open_cache(settings: Cache) -> ResponseCache:
    """Open the cache that is set. The caller must close its store."""
    key = settings.encryption_key.get_secret_value() if settings.encryption else ""
    codec = Codec(compression=settings.compression, key=key)
    limits = CacheLimits(settings.capacity, settings.max_bytes, settings.keep)
    store = MemoryStore(limits) if settings.store == "memory" else SqliteStore(settings.dir / "answers.db", limits)
    return ResponseCache(store, codec, cleanup_interval=settings.cleanup_interval)


@dataclass(frozen=True)
class CacheLookup:
    """The result of looking for a response: its key in the cache, and the stored response if there is one."""

    endpoint: Endpoint
    key: str
    stored: CachedResponse | None

    @property
    def etag(self) -> str:
        """The ETag of the stored response, or an empty text."""
        return self.stored.headers.get("etag", "") if self.stored else ""

    def is_confirmed_by(self, response: ApiResponse) -> bool:
        """Return whether a 304 and the stored response make a complete response.

        An ETag is about the body alone. The stored number of pages may be wrong when the 304 does not repeat it.
        """
        return self.stored is not None and (_PAGE_COUNT not in self.stored.headers or _PAGE_COUNT in response.headers)


class ApiCache:
    """The stored responses of one application at one address.

    Args:
        cache: stores the responses.
        url: the address of the API.
        ttl: seconds for which the response of a lasting endpoint is fresh.

    Results are counted while `counting` is true.
    """

    counting = True

    def __init__(self, cache: ResponseCache, url: str, *, ttl: float) -> None:
        self.cache, self.ttl = cache, ttl
        self._url = url

    def look_up(self, path: str, query: Query, scope: Callable[[], str]) -> CacheLookup:
        """Look for a response. `scope` names the account, and is called only if the response depends on it."""
        endpoint = endpoint_of(path)
        parts = [self._url, path, sorted((name, str(value)) for name, value in query.items())]
        key = hashlib.sha256(orjson.dumps([*parts, scope() if endpoint.private else ""])).hexdigest()
        return CacheLookup(endpoint, key, self.cache.get(key))

    def fresh(self, lookup: CacheLookup) -> ApiResponse | None:
        """Return the stored response if no request is necessary."""
        if lookup.stored is None or not lookup.endpoint.lasting or self.cache.age(lookup.stored) >= self.ttl:
            return None
        self._count("hit")
        return ApiResponse(lookup.stored.headers, lookup.stored.body)

    def stale(self, lookup: CacheLookup) -> ApiResponse | None:
        """Return the stored response, marked as stale, for when Trakt is down."""
        if lookup.stored is None or not lookup.endpoint.lasting:
            return None
        self._count("stale")
        return ApiResponse(lookup.stored.headers, lookup.stored.body, stale=True)

    def store(self, lookup: CacheLookup, response: ApiResponse) -> ApiResponse:
        """Store a response, and return it with the stored body if Trakt answered 304.

        A response that is neither lasting nor has an ETag is not stored, because it could never be used.
        """
        headers, body = _stored_headers(response.headers), response.body
        if response.unchanged and lookup.stored:
            headers, body = {**lookup.stored.headers, **headers}, lookup.stored.body
            response = ApiResponse(headers, body)
            self._count("confirmed")
        else:
            self._count("miss")
        if lookup.endpoint.lasting or "etag" in headers:
            self.cache.put(lookup.key, headers, body)
        return response

    def _count(self, result: str) -> None:
        if not self.counting:
            return
        statistics, name = self.cache.statistics, _COUNTERS[result]
        setattr(statistics, name, getattr(statistics, name) + 1)
        metrics.CACHE.labels(result).inc()


def _stored_headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: headers[name] for name in _STORED_HEADERS if name in headers}
