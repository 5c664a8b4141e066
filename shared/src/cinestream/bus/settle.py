"""The handling of one delivery. The result of the handler decides what happens to the message.

| the handler | the message is |
|---|---|
| returns | acknowledged |
| raises `Transient` | returned, and delivered again after `retry_after` or a growing delay |
| raises `Invalid` | stored as a dead letter, then acknowledged |
| raises any other error (a bug) | logged and returned, and at the last delivery stored as a dead letter |

A message that was delivered too often becomes a dead letter without a call of the handler, because its handling
probably crashes the worker.
"""

import time
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import anyio

from cinestream.bus.jetstream import Bus, Delivery
from cinestream.bus.metrics import ConsumeMetrics
from cinestream.contracts import DeadLetter, Invalid, Transient
from cinestream_flow.logger import get_logger

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger

log = get_logger("consume")

Handler = Callable[[Delivery], Awaitable[None]]

_MAX_DELAY = 60.0


@dataclass(frozen=True)
class Work:
    """The limits of a consume loop.

    Args:
        stage: Name of the stage in dead letters and metrics (`scraper`, `etl`).
        concurrency: Deliveries that are handled at the same time. No more than these are fetched.
        max_failures: Number of failures by a bug after which a message becomes a dead letter.
        max_deliveries: Number of deliveries, for any reason, after which a message becomes a dead letter.
        ack_wait: Seconds without progress after which the server delivers a message again. The loop reports progress
            twice in this time.
        grace: Seconds that running handlers get after `stop`, before their deliveries are returned.
    """

    stage: str
    concurrency: int
    max_failures: int = 5
    max_deliveries: int = 50
    ack_wait: float = 30.0
    grace: float = 3.0


async def settle(bus: Bus, delivery: Delivery, handle: Handler, work: Work, metrics: ConsumeMetrics) -> None:
    """Handle one delivery and settle it. Return it to the server if the task is cancelled."""
    verdict = "nak"
    started = time.perf_counter()
    metrics.in_hand.inc()
    try:
        verdict = await _verdict(bus, delivery, handle, work)
    except anyio.get_cancelled_exc_class():
        # Without a nak the message would stay undelivered until its ack_wait is over. The shield lets the nak be sent
        # although the task is cancelled.
        with anyio.CancelScope(shield=True):
            await delivery.nak()
        verdict = "given-back"
        _bound(delivery).info("delivery.returned", reason="the service is stopping")
        raise
    finally:
        metrics.in_hand.dec()
        metrics.deliveries.labels(verdict).inc()
        metrics.seconds.observe(time.perf_counter() - started)


async def _verdict(bus: Bus, delivery: Delivery, handle: Handler, work: Work) -> str:
    bound = _bound(delivery)
    try:
        # Checked here because the topology sets no `max_deliver`. With it, the server would stop delivering, and the
        # message would stay stored but undelivered.
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


def _bound(delivery: Delivery) -> "FilteringBoundLogger":
    bound: FilteringBoundLogger = log.bind(subject=delivery.subject, delivered=delivery.delivered)
    return bound


async def store_dead_letter(
    bus: Bus, delivery: Delivery, work: Work, *, reason: str, trace: str = "", snapshot: str | None = None
) -> str:
    """Store a dead letter, then acknowledge the delivery. Return the verdict for the metrics.

    If the dead letter cannot be stored, the delivery is returned to the server.
    """
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
    # First stored, then acknowledged: a crash in between leaves a second dead letter instead of none.
    try:
        await bus.publish(letter.subject, letter.encode())
    except Transient as error:
        log.warning("dead_letter.not_stored", subject=delivery.subject, reason=str(error), action="delivered again")
        await delivery.nak(_backoff(delivery.delivered))
        return "transient"
    await delivery.ack()
    return "dead"


def _backoff(delivered: int) -> float:
    return float(min(_MAX_DELAY, 0.5 * 2 ** min(delivered, 10)))
