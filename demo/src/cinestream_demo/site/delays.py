"""Delays of responses: the latency of the site, and the faults that are slow."""

from __future__ import annotations

import asyncio
from contextlib import suppress


class Delays:
    """Waits that all end at once when the site stops.

    A delayed request is then answered immediately, so no request is left unfinished.
    """

    def __init__(self, latency: float) -> None:
        """Take the latency of every page and asset, in seconds."""
        self._latency = latency
        self._stopped = asyncio.Event()

    async def wait_latency(self) -> None:
        """Wait for the latency of the site."""
        await self.wait(self._latency)

    async def wait(self, seconds: float) -> None:
        """Wait for some seconds, or until the site stops."""
        if seconds > 0 and not self._stopped.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._stopped.wait()

    def stop(self) -> None:
        """End all waits, those to come included."""
        self._stopped.set()
