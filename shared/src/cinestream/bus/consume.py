"""The loop that fetches deliveries and handles several at the same time."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Protocol

import anyio

from cinestream.bus.jetstream import Bus, Delivery
from cinestream.bus.metrics import ConsumeMetrics
from cinestream.bus.settle import Handler, Work, settle

__all__ = ["DeliverySource", "Handler", "Work", "consume", "first_of"]


class DeliverySource(Protocol):
    """A source of deliveries: a `Pull`, or an object that wraps one."""

    async def fetch(self, limit: int, /, *, wait: float) -> list[Delivery]:
        """Return up to `limit` deliveries that are ready, or else the first one within `wait` seconds."""
        ...


_IDLE_WAIT = 0.5


async def consume(
    bus: Bus,
    pulls: Sequence[DeliverySource],
    handle: Handler,
    *,
    work: Work,
    metrics: ConsumeMetrics,
    stop: anyio.Event,
) -> None:
    """Handle deliveries until `stop` is set, and return when every delivery is settled.

    Errors of a handler are never raised.

    Args:
        bus: Bus for dead letters.
        pulls: Sources in the order of their priority.
        handle: Handler of a delivery. It must be idempotent.
        work: Limits of the loop.
        metrics: Metrics of the loop.
        stop: Event that ends the loop.
    """
    running: set[Delivery] = set()
    changed = anyio.Event()

    async def handle_one(delivery: Delivery) -> None:
        nonlocal changed
        try:
            await settle(bus, delivery, handle, work, metrics)
        finally:
            running.remove(delivery)
            changed.set()
            changed = anyio.Event()  # an event of anyio cannot be cleared

    async with anyio.create_task_group() as group:
        group.start_soon(_report_progress, running, work.ack_wait)
        while not stop.is_set():
            if len(running) >= work.concurrency:
                await first_of(changed.wait, stop.wait)
                continue
            for delivery in await _fetch(pulls, work.concurrency - len(running)):
                running.add(delivery)
                group.start_soon(handle_one, delivery)
        with anyio.move_on_after(work.grace):
            while running:
                await changed.wait()
        # Cancels the handlers that are still running. `settle` then returns their deliveries to the server.
        group.cancel_scope.cancel()


async def first_of(*waits: Callable[[], Awaitable[object]]) -> None:
    """Wait until one of several functions returns, and cancel the others."""

    async def run(wait: Callable[[], Awaitable[object]]) -> None:
        await wait()
        group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        for wait in waits:
            group.start_soon(run, wait)


async def _fetch(pulls: Sequence[DeliverySource], limit: int) -> list[Delivery]:
    """Return deliveries that are ready, in the order of the pulls, or else wait for the first pull for a moment."""
    found: list[Delivery] = []
    # A single pull is asked only once, by the last line. `wait=0` would cost an additional request to the server.
    for pull in pulls if len(pulls) > 1 else ():
        if len(found) < limit:
            found += await pull.fetch(limit - len(found), wait=0)
    return found or await pulls[0].fetch(limit, wait=_IDLE_WAIT)


async def _report_progress(running: Collection[Delivery], ack_wait: float) -> None:
    while True:
        await anyio.sleep(ack_wait / 2)
        for delivery in tuple(running):
            # A delivery may have been settled while this loop awaited the report of another one. Progress for a
            # returned delivery would delay its redelivery.
            if delivery in running:
                await delivery.in_progress()
