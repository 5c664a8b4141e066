"""The waker: at most one wake-up per push interval, however many events arrive."""

import asyncio
from collections.abc import Callable

_SECONDS_PER_CLIENT = 0.0001
"""Share of the push interval per client. Pushing to one client takes less than a tenth of this."""


def push_interval(clients: int, *, max_seconds: float) -> float:
    """Return the seconds between two pushes to this many clients.

    Pushes take the same small share of the CPU for any number of clients, until the interval reaches
    `max_seconds`. A longer interval saves little when there are few clients.
    """
    return min(max_seconds, clients * _SECONDS_PER_CLIENT)


class Waker:
    """A wake-up signal. It fires at once when idle, and at most once in `interval` seconds under load."""

    def __init__(self, interval: float) -> None:
        self.interval = interval
        self._calls: list[Callable[[], None]] = []
        self._next = asyncio.Event()
        self._timer: asyncio.Handle | None = None
        self._last = float("-inf")

    def on_wake(self, call: Callable[[], None]) -> None:
        """Call a function at each wake-up, after those that were given before."""
        self._calls.append(call)

    async def wait(self) -> None:
        """Wait for the next wake-up."""
        await self._next.wait()

    def wake(self) -> None:
        """Request a wake-up: in the next turn of the event loop, or at the end of the running interval."""
        if self._timer is not None:
            return
        loop = asyncio.get_running_loop()
        wait = self._last + self.interval - loop.time()
        self._timer = loop.call_later(wait, self.wake_now) if wait > 0 else loop.call_soon(self.wake_now)

    def wake_now(self) -> None:
        """Wake up immediately, even in the middle of an interval."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._last = asyncio.get_running_loop().time()
        # A new event for each wake-up: a task that starts to wait now waits for the next one.
        woken, self._next = self._next, asyncio.Event()
        woken.set()
        for call in self._calls:
            call()
