"""The seeds in JetStream: queued at the start, and repeated by schedules of the server itself (docs/adr/0002).

A schedule is a message on `cinestream.schedules.every.…` that the server repeats on `…due.…`. Requests that are due are
copied to the work queue, unless they are queued already.
"""

import re
from collections.abc import Iterable, Sequence

import anyio

from cinestream.bus import topology
from cinestream.bus.jetstream import AlreadyQueued, Bus, Delivery
from cinestream.contracts import Envelope, Lane, ScrapeRequest, Transient, subjects
from cinestream.runtime.durations import format_duration
from cinestream_flow.logger import get_logger
from cinestream_scraper.seeds import Seed

log = get_logger("scraper")

SCHEDULE = "Nats-Schedule"
_TARGET = "Nats-Schedule-Target"
_EVERY = re.compile(r"@every (\d+)s")
_RETRY_SECONDS = 5.0


async def plant_when_possible(bus: Bus, seeds: Iterable[Seed]) -> None:
    """Plant the seeds as soon as the bus answers and the queue has room.

    Only the scraper empties the queue, so a full one must not end the scraper.
    """
    seeds = [*seeds]
    while True:
        try:
            return await plant(bus, seeds)
        except Transient as error:
            log.warning("seeds.not_queued", reason=str(error))
        await anyio.sleep(_RETRY_SECONDS)


async def plant(bus: Bus, seeds: Sequence[Seed]) -> None:
    """Queue the seeds, and make the stored schedules match their periods.

    Raises:
        Transient: the bus does not answer, or the queue is full. What was done until then stays.
    """
    schedules = {subjects.schedule(s.request.kind, s.request.id): s for s in seeds if s.every}
    stored = await bus.last_messages(topology.SCHEDULES, [f"{subjects.SCHEDULES_EVERY}.>"])
    current = {message.subject: message.envelope for message in stored}
    for subject, seed in schedules.items():
        envelope = scheduled(seed)
        # An unchanged schedule is not published again, which would start its period anew.
        if not _is_same(current.get(subject), envelope):
            await bus.publish(subject, envelope)
            log.info("schedule.set", target=seed.request.target, every=seed.every)
    for subject, envelope in current.items():
        if subject not in schedules and SCHEDULE in envelope.headers:
            await bus.publish(subject, Envelope({}, b""))  # a message without a schedule ends the one before it
            log.info("schedule.ended", target=subjects.target(subject))
    for seed in seeds:
        await enqueue(bus, seed.request)


async def enqueue(bus: Bus, request: ScrapeRequest) -> bool:
    """Queue a request. Return False if its target is queued or being read already."""
    try:
        await bus.publish(request.subject, request.encode())
    except AlreadyQueued:
        return False
    return True


async def carry_over(bus: Bus, delivery: Delivery) -> None:
    """Copy a request that is due to the work queue."""
    request = ScrapeRequest.decode(delivery.envelope)
    await enqueue(bus, request.model_copy(update={"lane": Lane.CRAWL}))


def scheduled(seed: Seed) -> Envelope:
    """Return the message that makes the server repeat the seed's request. Pure.

    The request is forced: its page may still be fresh when it is due.
    """
    request = seed.request.model_copy(update={"force": True})
    envelope = request.encode()
    schedule = {SCHEDULE: f"@every {seed.every}s", _TARGET: subjects.due(request.kind, request.id)}
    return Envelope({**envelope.headers, **schedule}, envelope.body)


async def periods(bus: Bus) -> dict[str, str]:
    """Return the period of each target that is read periodically, both as people type them (`chart:top`, `30m`).

    Raises:
        Transient: the bus does not answer.
    """
    stored = await bus.last_messages(topology.SCHEDULES, [f"{subjects.SCHEDULES_EVERY}.>"])
    return {
        ScrapeRequest.decode(message.envelope).target: format_duration(int(match[1]))
        for message in stored
        if (match := _EVERY.fullmatch(message.headers.get(SCHEDULE, "")))
    }


def _is_same(stored: Envelope | None, expected: Envelope) -> bool:
    return stored is not None and stored.body == expected.body and expected.headers.items() <= stored.headers.items()
