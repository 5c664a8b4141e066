"""`Waker`: wakes all waiting clients, at most once a tick."""

import asyncio
from collections.abc import Callable

_PER_CLIENT = 0.0001
"""Seconds; waking and writing to one takes less than a tenth of it."""


def tick_for(clients: int, *, most: float) -> float:
    """How many seconds shall be between two wakings of so many clients.

    Waking takes the same small share of the time however many there are, until the longest tick is reached: what is
    saved by waiting longer is little for few clients.
    """
    return min(most, clients * _PER_CLIENT)


class Waker:
    """Wakes at once when idle; under load, once in `tick` seconds. `woken` is called at every waking."""

    def __init__(self, tick: float, woken: Callable[[], None] = lambda: None) -> None:
        self.tick = tick
        self._woken = woken
        self._next = asyncio.Event()
        self._timer: asyncio.Handle | None = None
        self._last = float("-inf")

    async def wait(self) -> None:
        """Wait until the next waking."""
        await self._next.wait()

    def wake(self) -> None:
        """Wake soon: after this turn of the event loop, or at the end of the running tick."""
        if self._timer is not None:
            return
        loop = asyncio.get_running_loop()
        wait = self._last + self.tick - loop.time()
        self._timer = loop.call_later(wait, self.wake_now) if wait > 0 else loop.call_soon(self.wake_now)

    def wake_now(self) -> None:
        """Wake in this very turn."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._last = asyncio.get_running_loop().time()
        woken, self._next = self._next, asyncio.Event()
        woken.set()
        self._woken()
