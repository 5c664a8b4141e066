"""Waiting on purpose: the latency of every answer and the faults that are slow. It ends at once when the site stops."""

from __future__ import annotations

import asyncio
from contextlib import suppress


class Pauses:
    """Waits of some seconds, all cut short by `end`; whoever waited then answers, so that nothing is left under way."""

    def __init__(self, latency: float) -> None:
        """`latency` in seconds."""
        self._latency = latency
        self._over = asyncio.Event()

    async def latency(self) -> None:
        """What every answer waits."""
        await self.pause(self._latency)

    async def pause(self, seconds: float) -> None:
        """Waits so long, or until the end."""
        if seconds > 0 and not self._over.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._over.wait()

    def end(self) -> None:
        """No more waiting."""
        self._over.set()
