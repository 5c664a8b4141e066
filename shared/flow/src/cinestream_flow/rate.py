"""One limiter for all workers: a steady rate of our own, and a gate that the other side's answers close."""

import time
from collections.abc import Awaitable, Callable

import anyio
from aiolimiter import AsyncLimiter


class RateLimit:
    """At most `per_second` passes a second on average, none while paused. Asyncio only; one per event loop.

    Args:
        per_second: passes a second, more than 0; as many may pass at once after a rest (at least one).
        clock: seconds that never go back.
        sleep: waits that many seconds.
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
        """Another rate from now on; who waits already goes by the old one."""
        burst = max(per_second, 1.0)
        self._bucket = AsyncLimiter(burst, burst / per_second)

    def pause(self, seconds: float) -> None:
        """Let nobody through for that long; a pause that already lasts longer stays."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)

    @property
    def paused_for(self) -> float:
        """Seconds until the pause is over; 0 when there is none."""
        return max(0.0, self._paused_until - self._clock())

    async def acquire(self, *, steady: bool = True) -> None:
        """Wait for one's turn; a pause that begins while waiting counts. Not `steady`: wait for the end of pauses only.

        `waits` counts who had to wait, `waited` their seconds.
        """
        if self.paused_for <= 0 and (not steady or self._bucket.has_capacity()):
            if steady:
                await self._bucket.acquire()
            return
        begun = self._clock()
        self.waits += 1
        if steady:
            await self._bucket.acquire()
        while (wait := self.paused_for) > 0:
            await self._sleep(wait)
        self.waited += self._clock() - begun
