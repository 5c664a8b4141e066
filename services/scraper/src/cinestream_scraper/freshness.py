"""How old the stored page of a target is: read from the stream itself, there is no second bookkeeping."""

from datetime import UTC, datetime

from cinestream.bus import topology
from cinestream.bus.jetstream import Bus, Stored
from cinestream.contracts import ScrapeRequest, subjects
from cinestream.contracts.page import fetched_at


async def stored(bus: Bus, request: ScrapeRequest) -> Stored | None:
    """The newest page of the target, whatever its outcome."""
    return await bus.last(topology.PAGES, subjects.page(request.kind, request.id))


async def age(bus: Bus, request: ScrapeRequest) -> float | None:
    """The seconds since the target was read, with whatever outcome; None if it never was.

    Raises:
        Transient: the bus does not answer.
    """
    last = await stored(bus, request)
    moment = fetched_at(last.headers) if last else None
    return (datetime.now(UTC) - moment).total_seconds() if moment else None


async def is_fresh(bus: Bus, request: ScrapeRequest, fresh_for: float) -> bool:
    """Whether the target was read less than `fresh_for` seconds ago."""
    seconds = await age(bus, request)
    return seconds is not None and seconds < fresh_for
