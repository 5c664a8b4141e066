"""The pauses that a long task makes for others."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from anyio.lowlevel import checkpoint


class Pauses:
    """The number of times that the event loop ran another task."""

    count = 0


@asynccontextmanager
async def counted_pauses() -> AsyncIterator[Pauses]:
    """Count the pauses that the tasks of a block make."""
    pauses = Pauses()

    async def count() -> None:
        while True:
            await checkpoint()
            pauses.count += 1

    async with anyio.create_task_group() as group:
        group.start_soon(count)
        yield pauses
        group.cancel_scope.cancel()
