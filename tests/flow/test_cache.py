"""The response cache: limits, eviction, compression and encryption."""

import os
import stat
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinestream_flow.cache import CacheLimits, CacheStore, Codec, MemoryStore, ResponseCache, SqliteStore

KEY = urlsafe_b64encode(b"k" * 32).decode()
OTHER = urlsafe_b64encode(b"o" * 32).decode()


class Clock:
    """A clock that the test sets."""

    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Return a clock that the test sets."""
    return Clock()


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> CacheStore:
    """Return each store, with limits of three responses, 1,000 bytes and one minute."""
    limits = CacheLimits(max_entries=3, max_bytes=1000, max_age_seconds=60)
    if request.param == "memory":
        return MemoryStore(limits, clock=clock)
    return SqliteStore(tmp_path / "new" / "cache.db", limits, clock=clock)


def test_least_recently_used_response_is_evicted(store: CacheStore, clock: Clock) -> None:
    """A fourth response evicts the one that was not read since."""
    for key in "abc":
        store.put(key, clock(), b"x")
    store.get("a")
    store.put("d", clock(), b"x")
    assert [key for key in "abcd" if store.get(key)] == ["a", "c", "d"]
    assert store.evicted == 1


def test_bytes_are_limited(store: CacheStore, clock: Clock) -> None:
    """A large response evicts small ones, and one above the limit only removes the response that it replaces."""
    store.put("a", clock(), b"x" * 400)
    store.put("b", clock(), b"x" * 400)
    store.put("c", clock(), b"x" * 500)
    assert store.get("a") is None
    assert store.size == (2, 900)
    store.put("c", clock(), b"x" * 1001)
    assert store.get("c") is None


def test_response_is_replaced(store: CacheStore, clock: Clock) -> None:
    """The new response is returned, and the old one no longer counts."""
    store.put("a", clock(), b"old")
    store.put("a", clock() + 1, b"newer")
    assert (store.get("a"), store.size) == ((clock() + 1, b"newer"), (1, 5))


def test_old_response_expires(store: CacheStore, clock: Clock) -> None:
    """A response is neither returned nor kept after its maximum age."""
    store.put("a", clock(), b"x")
    clock.now += 59
    store.put("b", clock(), b"x")
    assert store.get("a")
    clock.now += 1
    assert store.get("a") is None
    assert store.expire() == 1
    assert (store.clear(), store.size) == (1, (0, 0))


def test_sqlite_cache_is_shared_and_private(tmp_path: Path) -> None:
    """Two stores use one file at the same time, a third finds their responses, and only the owner can read it."""
    path = tmp_path / "cache.db"
    first = SqliteStore(path, CacheLimits(9, 1000, 60))
    second = SqliteStore(path, CacheLimits(9, 1000, 60))
    first.put("a", 2e9, b"x")
    second.put("b", 2e9, b"y")
    first.close()
    second.close()
    third = SqliteStore(path, CacheLimits(9, 1000, 60))
    assert third.get("a") == (2e9, b"x")
    assert third.get("b") == (2e9, b"y")
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600


@pytest.mark.parametrize("damage", [b"nonsense" * 1000, b""])
def test_damaged_file_is_replaced(tmp_path: Path, damage: bytes) -> None:
    """A store with a damaged file starts empty."""
    path = tmp_path / "cache.db"
    path.write_bytes(damage)
    store = SqliteStore(path, CacheLimits(9, 1000, 60))
    store.put("a", 2e9, b"x")
    assert store.get("a")


@given(st.binary(max_size=3000), st.booleans(), st.sampled_from(["", KEY]))
def test_encoded_response_is_decoded_unchanged(answer: bytes, compression: bool, key: str) -> None:
    """Any bytes are decoded unchanged, with and without compression and encryption."""
    codec = Codec(compression=compression, key=key)
    assert codec.decode(codec.encode(answer)) == answer


def test_compression_and_encryption() -> None:
    """A response with another key or with damage is None, and no error is raised."""
    answer = b"The Shawshank Redemption" * 100
    assert len(Codec().encode(answer)) < 100
    assert Codec(compression=False).encode(answer)[1:] == answer
    secret = Codec(key=KEY).encode(b"Shawshank")
    assert b"Shawshank" not in secret
    assert [Codec(key=key).decode(secret) for key in ("", OTHER)] == [None, None]
    assert Codec(key=KEY).decode(Codec().encode(answer)) is None
    assert Codec().decode(Codec().encode(answer)[:-5]) is None


def test_cache_returns_headers_body_and_age(store: CacheStore, clock: Clock) -> None:
    """A cached response has its headers, body and age, and old ones are removed after the cleanup interval."""
    cache = ResponseCache(store, Codec(), cleanup_interval=10, clock=clock)
    cache.put("a", {"etag": "1"}, b"body\nof two lines")
    clock.now += 5
    cached = cache.get("a")
    assert cached
    assert (cached.headers, cached.body, cache.age(cached)) == ({"etag": "1"}, b"body\nof two lines", 5)
    clock.now += 60
    cache.put("b", {}, b"")
    assert store.size[0] == 1
    assert cache.get("a") is None
