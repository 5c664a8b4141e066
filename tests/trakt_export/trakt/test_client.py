"""The client and a Trakt that is slow, down or asks for pauses, and settings that change during a run."""

from collections.abc import Iterator
from typing import Any

import anyio
import pytest
from tests.trakt_export.server import FakeTrakt, movie

from cinestream_flow.breaker import CircuitState
from cinestream_flow.pool import PoolFull
from cinestream_trakt_export.settings import Breaker, Cache, Capabilities, Performance, Retry, TraktSettings, Workers
from cinestream_trakt_export.trakt.client import connected
from cinestream_trakt_export.trakt.errors import RateLimited, ServerFault

pytestmark = pytest.mark.anyio
PATH = "/users/settings"


@pytest.fixture(autouse=True)
def _let_go(trakt: FakeTrakt) -> Iterator[None]:
    yield
    trakt.hold.set()


def changed(settings: TraktSettings, **sections: Any) -> TraktSettings:
    """Return the settings with other sections."""
    return settings.model_copy(update=sections)


def performance(settings: TraktSettings, **changes: Any) -> dict[str, Any]:
    """Return the section `api` with another `performance`."""
    return {
        "api": settings.api.model_copy(update={"performance": Performance(**{"rate_limit_per_sec": 1000} | changes)})
    }


@pytest.mark.parametrize("fault", ["drip", "hold"])
async def test_a_slow_response_is_requested_again(trakt: FakeTrakt, settings: TraktSettings, fault: str) -> None:
    """Each attempt has a time limit, whether nothing arrives or a byte now and then."""
    trakt.faults = [fault]
    async with connected(changed(settings, worker_pool=Workers(worker_timeout=0.2))) as client:
        assert (await client.get(PATH)).content == trakt.settings
        facts = client.statistics.facts()
    assert (facts["requests"], facts["errors"]) == (2, 1)
    assert "0.2 s" in facts["last_error"]["reason"]


async def test_only_the_faults_of_the_settings_are_retried(trakt: FakeTrakt, settings: TraktSettings) -> None:
    """With `network` alone, a cut connection is retried and a server fault is not."""
    retry = Retry(retry_on=frozenset({"network"}), initial_delay=0.001, max_delay=0.01)
    trakt.details["1"] = movie(1)
    async with connected(changed(settings, retry=retry)) as client:
        trakt.faults = ["cut"]
        assert (await client.get("/movies/1")).content["title"] == "Film 1"
        trakt.faults = ["503", "never reached"]
        with pytest.raises(ServerFault, match="503"):
            await client.get(PATH)
    assert trakt.faults == ["never reached"]


@pytest.mark.parametrize(("fault", "min_pause"), [("429-bare", 290), ("429", 0)])
async def test_a_429_pauses_all_callers(
    trakt: FakeTrakt, settings: TraktSettings, fault: str, min_pause: float
) -> None:
    """The headers set the pause, or five minutes without headers. The circuit stays closed."""
    trakt.faults = [fault]
    settings = changed(settings, breaker=Breaker(failures=1))
    async with connected(settings) as client:
        with pytest.raises(RateLimited):
            await client.once(PATH)
        assert client.limit.paused_for >= min_pause
        assert client.breaker.state is CircuitState.CLOSED


async def test_too_many_requests_are_rejected(trakt: FakeTrakt, settings: TraktSettings) -> None:
    """One request runs and one waits. The third is rejected at once, and the others succeed."""
    trakt.faults = ["hold"]
    answered, rejected = list[bool](), list[str]()

    async def request() -> None:
        try:
            await client.get(PATH)
            answered.append(True)
        except PoolFull as error:
            rejected.append(str(error))

    workers = Workers(size=1, max_queue_size=1)
    async with connected(changed(settings, worker_pool=workers, cache=Cache(enabled=False))) as client:
        async with anyio.create_task_group() as group:
            group.start_soon(request)
            with anyio.fail_after(60):
                while "held" not in trakt.log:
                    await anyio.sleep(0.005)
            group.start_soon(request)
            with anyio.fail_after(60):
                while not client.pool.queued:
                    await anyio.sleep(0.005)
            await request()
            trakt.hold.set()
        assert client.pool.rejected == 1
    assert (len(answered), len(rejected)) == (2, 1)


async def test_new_settings_lose_no_running_request(trakt: FakeTrakt, settings: TraktSettings) -> None:
    """A request that runs while all settings change is answered."""
    trakt.faults = ["hold"]
    contents = []

    async def request() -> None:
        contents.append((await client.get(PATH)).content)

    async with connected(settings) as client, anyio.create_task_group() as group:
        group.start_soon(request)
        with anyio.fail_after(60):
            while "held" not in trakt.log:
                await anyio.sleep(0.005)
        off = Capabilities(retry=False, limiter=False, breaker=False, metrics=False, concurrency=False)
        client.configure(changed(settings, capabilities=off, cache=Cache(enabled=False), breaker=Breaker(failures=1)))
        trakt.hold.set()
    assert contents == [trakt.settings]
    assert client.pool.size == 1


async def test_each_capability_can_be_disabled(trakt: FakeTrakt, settings: TraktSettings) -> None:
    """No retries, no circuit, no statistics, no rate limit, one request at a time."""
    slow = performance(settings, rate_limit_per_sec=0.01)
    breaker = Breaker(failures=1, open_for=3600)
    off = Capabilities(retry=False, limiter=False, breaker=False, metrics=False, concurrency=False)
    async with connected(changed(settings, capabilities=off, breaker=breaker, **slow)) as client:
        for _ in range(3):
            trakt.faults = ["500"]
            with pytest.raises(ServerFault):
                await client.get(PATH)
            await client.get(PATH)
        assert client.breaker.state is CircuitState.CLOSED
        assert client.statistics.facts()["requests"] == 0
        assert client.cache
        assert client.cache.cache.statistics.misses == 0
        assert client.pool.size == 1
    assert not trakt.faults


async def test_statistics_count_requests_and_errors(trakt: FakeTrakt, settings: TraktSettings) -> None:
    """Ids share an endpoint. The last error has its reason."""
    trakt.details = {str(number): movie(number) for number in range(5)}
    async with connected(settings) as client:
        for number in range(5):
            await client.get(f"/movies/{number}")
        trakt.faults = ["502"]
        await client.get(PATH)
        facts = client.statistics.facts()
    assert (facts["requests"], facts["errors"]) == (7, 1)
    assert facts["endpoints"]["/movies/{id}"]["requests"] == 5
    assert facts["last_error"]["reason"] == "Trakt answered 502"
