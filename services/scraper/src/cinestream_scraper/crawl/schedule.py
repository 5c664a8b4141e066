"""What is scraped at start, and again every so often: JetStream's own schedules, made what the settings say.

A schedule is a message on `cinestream.schedules.every.…` that the server repeats on `…due.…`. What is due is
carried over to the work queue, which may hold it already.
"""

from collections.abc import Iterable, Sequence

import anyio
import structlog

from cinestream.bus import topology
from cinestream.bus.jetstream import AlreadyQueued, Bus, Delivery
from cinestream.contracts import Envelope, Lane, ScrapeRequest, Transient, subjects
from cinestream_scraper.seeds import Seed

log = structlog.get_logger("scraper")

SCHEDULE = "Nats-Schedule"
_TARGET = "Nats-Schedule-Target"
_AGAIN = 5.0


async def plant_when_possible(bus: Bus, seeds: Iterable[Seed]) -> None:
    """Plant as soon as the bus answers and the queue has room, for which others must be read first."""
    seeds = [*seeds]
    while True:
        try:
            return await plant(bus, seeds)
        except Transient as error:
            log.warning("seeds.not_queued", reason=str(error))
        await anyio.sleep(_AGAIN)


async def plant(bus: Bus, seeds: Sequence[Seed]) -> None:
    """Queue the seeds, and make the stored schedules theirs. A schedule that is right keeps its clock.

    Raises:
        Transient: the bus does not answer, or the queue is full; what was done until then is right.
    """
    wanted = {subjects.schedule(s.request.kind, s.request.id): s for s in seeds if s.every}
    stored = await bus.last_messages(topology.SCHEDULES, [f"{subjects.SCHEDULES_EVERY}.>"])
    current = {message.subject: message.envelope for message in stored}
    for subject, seed in wanted.items():
        envelope = scheduled(seed)
        if not _same(current.get(subject), envelope):
            await bus.publish(subject, envelope)
            log.info("schedule.set", target=seed.request.target, every=seed.every)
    for subject, envelope in current.items():
        if subject not in wanted and SCHEDULE in envelope.headers:
            await bus.publish(subject, Envelope({}, b""))  # a message without a schedule ends the one before
            log.info("schedule.ended", subject=subject)
    for seed in seeds:
        await enqueue(bus, seed.request)


async def enqueue(bus: Bus, request: ScrapeRequest) -> bool:
    """Queue a request; return False if its target is queued or in hand already."""
    try:
        await bus.publish(request.subject, request.encode())
    except AlreadyQueued:
        return False
    return True


async def carry_over(bus: Bus, delivery: Delivery) -> None:
    """Move what a schedule made due to the work queue."""
    request = ScrapeRequest.decode(delivery.envelope)
    await enqueue(bus, request.model_copy(update={"lane": Lane.CRAWL}))


def scheduled(seed: Seed) -> Envelope:
    """The message that makes the server repeat the seed's request, to be read even when its page is fresh. Pure."""
    request = seed.request.model_copy(update={"force": True})
    envelope = request.encode()
    schedule = {SCHEDULE: f"@every {seed.every}s", _TARGET: subjects.due(request.kind, request.id)}
    return Envelope({**envelope.headers, **schedule}, envelope.body)


def _same(stored: Envelope | None, wanted: Envelope) -> bool:
    return stored is not None and stored.body == wanted.body and wanted.headers.items() <= stored.headers.items()
