"""Responses that are served from the cache, and responses that never are."""

from pathlib import Path

import pytest
from tests.trakt_export.export.test_export import run, written
from tests.trakt_export.server import FakeTrakt, movie, play

from cinestream_flow.breaker import CircuitOpen
from cinestream_trakt_export.settings import Breaker, Cache, Retry, TraktSettings
from cinestream_trakt_export.trakt.client import Trakt, connected

pytestmark = pytest.mark.anyio


@pytest.fixture
def film(trakt: FakeTrakt) -> FakeTrakt:
    """Add a film with details."""
    trakt.details["7"] = movie(7) | {"overview": "long " * 1000}
    return trakt


def counts(client: Trakt) -> tuple[int, int, int, int]:
    """Return the counts of hits, confirmed, stale and missed lookups."""
    assert client.cache
    found = client.cache.cache.statistics
    return found.hits, found.confirmed, found.stale, found.misses


async def test_details_are_requested_once_per_ttl(film: FakeTrakt, settings: TraktSettings) -> None:
    """The next run uses the cache, too. Each level of detail is cached separately."""
    async with connected(settings) as client:
        first = await client.get("/movies/7")
        assert (await client.get("/movies/7")).content == first.content
        await client.get("/movies/7", extended="full")
        assert counts(client) == (1, 0, 0, 2)
    async with connected(settings) as client:
        assert (await client.get("/movies/7")).content == first.content
        assert counts(client) == (1, 0, 0, 0)
    assert film.log == ["/movies/7", "/movies/7?extended=full"]


async def test_details_are_confirmed_by_their_etag(film: FakeTrakt, settings: TraktSettings) -> None:
    """After the `ttl` they are requested with the ETag. Changed details replace the old ones."""
    film.etags = "whole"
    settings = settings.model_copy(update={"cache": settings.cache.model_copy(update={"ttl": 1e-6})})
    async with connected(settings) as client:
        await client.get("/movies/7")
        assert (await client.get("/movies/7")).content["title"] == "Film 7"
        film.details["7"] = movie(7, "Renamed")
        assert (await client.get("/movies/7")).content["title"] == "Renamed"
        assert counts(client) == (0, 1, 0, 2)


@pytest.mark.parametrize("etags", ["", "whole", "bare"])
async def test_a_changed_library_is_never_served_from_the_cache(
    trakt: FakeTrakt, settings: TraktSettings, tmp_path: Path, etags: str
) -> None:
    """Each export has the present library, also a play on a later page behind unchanged ones."""
    trakt.etags, trakt.max_page_size = etags, 10
    plays = [play(n, movie(n), "2026-01-01T12:00:00.000Z") for n in range(20, 0, -1)]
    trakt.lists["/sync/history/movies"] = plays
    for count in (20, 20, 21, 31):
        plays += [play(100 + n, movie(100 + n), "2020-01-01T12:00:00.000Z") for n in range(len(plays), count)]
        await run(settings, "history", tmp_path)
        assert len(written(tmp_path, "history")) == 1 + count
    assert ("304 /sync/history/movies?page=1&limit=250" in trakt.log) == bool(etags)


async def test_logins_do_not_share_responses(trakt: FakeTrakt, settings: TraktSettings, tmp_path: Path) -> None:
    """Two accounts on one machine never see each other's responses."""
    trakt.etags = "whole"
    async with connected(settings) as client:
        await client.get("/users/settings")
        await client.get("/users/settings")
        assert counts(client) == (0, 1, 0, 1)
    token = settings.login.token_file
    token.write_text(token.read_text().replace("access-0", "access-9"))
    trakt.access = "access-9"
    async with connected(settings) as client:
        await client.get("/users/settings")
        assert counts(client) == (0, 0, 0, 1)


async def test_stale_details_are_served_while_trakt_is_down(film: FakeTrakt, settings: TraktSettings) -> None:
    """They are marked. Responses about the account are never served stale, because an old list is not the library."""
    film.etags = "whole"
    cache = settings.cache.model_copy(update={"ttl": 1e-6})
    breaker = Breaker(failures=1, open_for=3600)
    settings = settings.model_copy(update={"cache": cache, "breaker": breaker, "retry": Retry(max_attempts=1)})
    async with connected(settings) as client:
        assert not (await client.get("/movies/7")).stale
        await client.get("/users/settings")
        film.faults = ["500"]
        assert (await client.get("/movies/7")).stale
        response = await client.get("/movies/7")
        assert (response.stale, response.content["title"]) == (True, "Film 7")
        with pytest.raises(CircuitOpen):
            await client.get("/users/settings")
        with pytest.raises(CircuitOpen):
            await client.get("/movies/8")


async def test_without_a_cache_only_the_requests_grow(film: FakeTrakt, settings: TraktSettings) -> None:
    """It may be disabled by the settings or during a run, in memory, or damaged between runs."""
    for cache in (Cache(enabled=False), Cache(store="memory"), settings.cache):
        async with connected(settings.model_copy(update={"cache": cache})) as client:
            await client.get("/movies/7")
    (settings.cache.dir / "answers.db").write_bytes(b"nonsense" * 1000)
    async with connected(settings) as client:
        await client.get("/movies/7")
        off = settings.cache.model_copy(update={"enabled": False})
        client.configure(settings.model_copy(update={"cache": off}))
        await client.get("/movies/7")
    assert film.log == ["/movies/7"] * 5
