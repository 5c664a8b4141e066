"""The cache of answers: bounded, least recently used first out, compressed, encrypted, never wrong."""

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
    """Passes by hand."""

    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock."""
    return Clock()


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> CacheStore:
    """Each store, with room for three answers or 1,000 bytes, for a minute."""
    bounds = CacheLimits(max_entries=3, max_bytes=1000, max_age_seconds=60)
    if request.param == "memory":
        return MemoryStore(bounds, clock=clock)
    return SqliteStore(tmp_path / "new" / "cache.db", bounds, clock=clock)


def test_the_least_recently_used_goes_first(store: CacheStore, clock: Clock) -> None:
    """A fourth answer pushes out the one that was not used; reading is using."""
    for key in "abc":
        store.put(key, clock(), b"x")
    store.get("a")
    store.put("d", clock(), b"x")
    assert [key for key in "abcd" if store.get(key)] == ["a", "c", "d"]
    assert store.evicted == 1


def test_bytes_are_bounded_too(store: CacheStore, clock: Clock) -> None:
    """A large answer pushes out small ones; one that is larger than everything is not kept, nor is what it replaces."""
    store.put("a", clock(), b"x" * 400)
    store.put("b", clock(), b"x" * 400)
    store.put("c", clock(), b"x" * 500)
    assert store.get("a") is None
    assert store.size == (2, 900)
    store.put("c", clock(), b"x" * 1001)
    assert store.get("c") is None


def test_an_answer_is_replaced(store: CacheStore, clock: Clock) -> None:
    """The new one counts, and only once."""
    store.put("a", clock(), b"old")
    store.put("a", clock() + 1, b"newer")
    assert (store.get("a"), store.size) == ((clock() + 1, b"newer"), (1, 5))


def test_what_is_too_old_is_not_given_and_goes(store: CacheStore, clock: Clock) -> None:
    """After `keep` seconds."""
    store.put("a", clock(), b"x")
    clock.now += 59
    store.put("b", clock(), b"x")
    assert store.get("a")
    clock.now += 1
    assert store.get("a") is None
    assert store.expire() == 1
    assert (store.clear(), store.size) == (1, (0, 0))


def test_a_sqlite_cache_survives_and_is_its_owners(tmp_path: Path) -> None:
    """The next program finds what the last one kept; two at once do not disturb each other."""
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
def test_a_damaged_file_is_begun_anew(tmp_path: Path, damage: bytes) -> None:
    """A cache is never a reason to fail."""
    path = tmp_path / "cache.db"
    path.write_bytes(damage)
    store = SqliteStore(path, CacheLimits(9, 1000, 60))
    store.put("a", 2e9, b"x")
    assert store.get("a")


@given(st.binary(max_size=3000), st.booleans(), st.sampled_from(["", KEY]))
def test_what_is_kept_comes_back(answer: bytes, compression: bool, key: str) -> None:
    """Whatever it is, compressed and encrypted or not."""
    codec = Codec(compression=compression, key=key)
    assert codec.decode(codec.encode(answer)) == answer


def test_large_answers_are_compressed_and_secret_ones_unreadable() -> None:
    """Without the key, with another one, or damaged, there is no answer and no error."""
    answer = b"The Shawshank Redemption" * 100
    assert len(Codec().encode(answer)) < 100
    assert Codec(compression=False).encode(answer)[1:] == answer
    secret = Codec(key=KEY).encode(b"Shawshank")
    assert b"Shawshank" not in secret
    assert [Codec(key=key).decode(secret) for key in ("", OTHER)] == [None, None]
    assert Codec(key=KEY).decode(Codec().encode(answer)) is None
    assert Codec().decode(Codec().encode(answer)[:-5]) is None


def test_the_cache_gives_headers_body_and_age(store: CacheStore, clock: Clock) -> None:
    """And forgets by itself what is too old, at the next answer after the interval."""
    cache = ResponseCache(store, Codec(), cleanup_interval=10, clock=clock)
    cache.put("a", {"etag": "1"}, b"body\nof two lines")
    clock.now += 5
    kept = cache.get("a")
    assert kept
    assert (kept.headers, kept.body, cache.age(kept)) == ({"etag": "1"}, b"body\nof two lines", 5)
    clock.now += 60
    cache.put("b", {}, b"")
    assert store.size[0] == 1
    assert cache.get("a") is None
