"""The loop that turns deliveries into calls of a handler, and its verdicts into actions.

handler returns            ack
raises Transient           nak, redelivered after its `retry_after` or a growing delay
raises Invalid             dead letter, then ack
raises anything else       a bug: logged with its traceback, nak; dead letter at the last delivery
delivered too often        dead letter without calling the handler (its last delivery crashed the worker)
"""

import time
import traceback
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import anyio
import structlog

from cinestream.bus.jetstream import Bus, Delivery
from cinestream.bus.metrics import ConsumeMetrics
from cinestream.contracts import DeadLetter, Invalid, Transient

log = structlog.get_logger("consume")

Handler = Callable[[Delivery], Awaitable[None]]


class Source(Protocol):
    """Where deliveries come from: a `Pull`, or something that stands before one."""

    async def fetch(self, most: int, *, wait: float) -> list[Delivery]:
        """Return at most `most` deliveries: those that are ready now, else the first within `wait` seconds."""
        ...


_IDLE_WAIT = 0.5
_MAX_DELAY = 60.0


@dataclass(frozen=True)
class Work:
    """How a stage consumes.

    Args:
        stage: names the dead letters and metrics (`scraper`, `etl`).
        concurrency: how many deliveries are handled at once; no more than that are ever fetched.
        max_failures: how often a bug is tried before it becomes a dead letter.
        max_deliveries: how often anything is tried, for whatever reason it came back.
        ack_wait: seconds; work in hand is said to be in progress twice in this time.
        grace: seconds that work in hand gets to finish after `stop`, then it is given back.
    """

    stage: str
    concurrency: int
    max_failures: int = 5
    max_deliveries: int = 50
    ack_wait: float = 30.0
    grace: float = 3.0


async def consume(
    bus: Bus, pulls: Sequence[Source], handle: Handler, *, work: Work, metrics: ConsumeMetrics, stop: anyio.Event
) -> None:
    """Handle deliveries until `stop` is set, those of earlier `pulls` first.

    Returns when nothing is in hand any more. Never raises for what a handler does.
    """
    in_hand: set[Delivery] = set()
    changed = anyio.Event()

    async def one(delivery: Delivery) -> None:
        nonlocal changed
        try:
            await _settle(bus, delivery, handle, work, metrics)
        finally:
            in_hand.remove(delivery)
            changed.set()
            changed = anyio.Event()

    async with anyio.create_task_group() as group:
        group.start_soon(_keep, in_hand, work.ack_wait)
        while not stop.is_set():
            if len(in_hand) >= work.concurrency:
                await first_of(changed.wait, stop.wait)
                continue
            for delivery in await _fetch(pulls, work.concurrency - len(in_hand)):
                in_hand.add(delivery)
                group.start_soon(one, delivery)
        with anyio.move_on_after(work.grace):
            while in_hand:
                await changed.wait()
        group.cancel_scope.cancel()


async def first_of(*waits: Callable[[], Awaitable[object]]) -> None:
    """Return as soon as one of them does; the others are cancelled."""

    async def run(wait: Callable[[], Awaitable[object]]) -> None:
        await wait()
        group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        for wait in waits:
            group.start_soon(run, wait)


async def _fetch(pulls: Sequence[Source], free: int) -> list[Delivery]:
    """What is ready now, in the order of the pulls; else what the first has within a moment."""
    found: list[Delivery] = []
    for pull in pulls if len(pulls) > 1 else ():
        if len(found) < free:
            found += await pull.fetch(free - len(found), wait=0)
    return found or await pulls[0].fetch(free, wait=_IDLE_WAIT)


async def _settle(bus: Bus, delivery: Delivery, handle: Handler, work: Work, metrics: ConsumeMetrics) -> None:
    """Handle one delivery and carry out the verdict; on cancellation give it back."""
    verdict = "nak"
    started = time.perf_counter()
    bound = log.bind(subject=delivery.subject, delivered=delivery.delivered)
    metrics.in_hand.inc()
    try:
        verdict = await _verdict(bus, delivery, handle, work)
    except anyio.get_cancelled_exc_class():
        with anyio.CancelScope(shield=True):
            await delivery.nak()
        verdict = "given-back"
        bound.info("delivery.given_back")
        raise
    finally:
        metrics.in_hand.dec()
        metrics.deliveries.labels(verdict).inc()
        metrics.seconds.observe(time.perf_counter() - started)


async def _verdict(bus: Bus, delivery: Delivery, handle: Handler, work: Work) -> str:
    bound = log.bind(subject=delivery.subject, delivered=delivery.delivered)
    try:
        if delivery.delivered > work.max_deliveries:
            raise Invalid(f"delivered {delivery.delivered} times and never settled")
        await handle(delivery)
        await delivery.ack()
        return "ack"
    except Transient as error:
        delay = error.retry_after if error.retry_after is not None else _backoff(delivery.delivered)
        bound.info("delivery.later", reason=str(error), delay=round(delay, 1))
        await delivery.nak(delay)
        return "transient"
    except Invalid as error:
        bound.warning("delivery.invalid", reason=str(error))
        return await store_dead_letter(bus, delivery, work, reason=str(error), snapshot=error.evidence)
    except Exception as error:
        bound.exception("delivery.failed")
        if delivery.delivered >= work.max_failures:
            reason = f"failed {delivery.delivered} times: {type(error).__name__}: {error}"
            return await store_dead_letter(bus, delivery, work, reason=reason, trace=traceback.format_exc())
        await delivery.nak(_backoff(delivery.delivered))
        return "bug"


async def store_dead_letter(
    bus: Bus, delivery: Delivery, work: Work, *, reason: str, trace: str = "", snapshot: str | None = None
) -> str:
    """Store a dead letter and end the delivery; where that fails, give it back."""
    letter = DeadLetter(
        stage=work.stage,
        reason=reason,
        traceback=trace,
        deliveries=delivery.delivered,
        died_at=datetime.now(UTC),
        original_subject=delivery.subject,
        original_headers=delivery.envelope.headers,
        original_body=delivery.envelope.body,
        snapshot=snapshot,
    )
    try:
        await bus.publish(letter.subject, letter.encode())
    except Transient as error:
        log.warning("dead_letter.not_stored", subject=delivery.subject, reason=str(error))
        await delivery.nak(_backoff(delivery.delivered))
        return "transient"
    await delivery.ack()
    return "dead"


async def _keep(in_hand: Collection[Delivery], ack_wait: float) -> None:
    while True:
        await anyio.sleep(ack_wait / 2)
        for delivery in tuple(in_hand):
            if delivery in in_hand:  # still: one that was given back must come again soon
                await delivery.in_progress()


def _backoff(delivered: int) -> float:
    return float(min(_MAX_DELAY, 0.5 * 2 ** min(delivered, 10)))
