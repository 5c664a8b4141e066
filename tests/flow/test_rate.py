"""The rate and the pauses of the rate limiter."""

import anyio
import pytest

from cinestream_flow.rate import RateLimiter

pytestmark = pytest.mark.anyio


class Clock:
    """A clock that advances only by sleeping."""

    def __init__(self) -> None:
        self.now, self.slept = 0.0, list[float]()

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


async def test_longer_pause_wins() -> None:
    """A second, shorter pause does not shorten the first one."""
    clock = Clock()
    limit = RateLimiter(1000, clock=clock, sleep=clock.sleep)
    limit.pause(300)
    limit.pause(5)
    await limit.acquire()
    assert (clock.now, clock.slept, limit.paused_for) == (300, [300], 0)


async def test_pause_can_be_extended_during_the_wait() -> None:
    """A call that waits for a pause also waits for its extension."""
    clock = Clock()

    async def sleep(seconds: float) -> None:
        if not clock.slept:
            limit.pause(50)
        await clock.sleep(seconds)

    limit = RateLimiter(1000, clock=clock, sleep=sleep)
    limit.pause(10)
    await limit.acquire()
    assert clock.now == 50


async def test_rate_is_kept() -> None:
    """After the burst, calls pass at the rate."""
    limit = RateLimiter(20)
    started = anyio.current_time()
    with anyio.fail_after(90):
        for _ in range(30):
            await limit.acquire()
    assert anyio.current_time() - started >= 0.45
