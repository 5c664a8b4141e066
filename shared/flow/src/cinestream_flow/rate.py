"""A rate limiter for all workers of a process, with pauses that a server can impose."""

import time
from collections.abc import Awaitable, Callable

import anyio
from aiolimiter import AsyncLimiter


class RateLimiter:
    """A token bucket of `per_second` calls on average, closed while it is paused.

    It works on asyncio only. Use one instance per event loop.

    Args:
        per_second: Calls per second, more than 0. After a rest, this many calls (at least one) may pass at once.
        clock: Monotonic clock in seconds.
        sleep: Function that waits a number of seconds.

    Attributes:
        waits: Number of calls that had to wait.
        waited: Seconds that calls waited in total.
    """

    def __init__(
        self,
        per_second: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
    ) -> None:
        self.waits, self.waited = 0, 0.0
        self.set_rate(per_second)
        self._clock, self._sleep = clock, sleep
        self._paused_until = 0.0

    def set_rate(self, per_second: float) -> None:
        """Change the rate. Calls that already wait keep the old rate."""
        burst = max(per_second, 1.0)
        self._bucket = AsyncLimiter(burst, burst / per_second)

    def pause(self, seconds: float) -> None:
        """Block all calls for a time. A longer pause that is already running is not shortened."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)

    @property
    def paused_for(self) -> float:
        """Seconds until the pause ends, or 0 without a pause."""
        return max(0.0, self._paused_until - self._clock())

    async def acquire(self, *, limited: bool = True) -> None:
        """Wait until a call may be made.

        Args:
            limited: False ignores the rate and waits for the end of a pause only.
        """
        if self.paused_for <= 0 and (not limited or self._bucket.has_capacity()):
            if limited:
                await self._bucket.acquire()
            return
        started = self._clock()
        self.waits += 1
        if limited:
            await self._bucket.acquire()
        # Another call may have extended the pause during the sleep.
        while (delay := self.paused_for) > 0:
            await self._sleep(delay)
        self.waited += self._clock() - started
