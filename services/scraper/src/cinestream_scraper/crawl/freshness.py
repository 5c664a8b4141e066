"""How old the stored page of a target is: read from the stream itself, there is no second bookkeeping."""

from datetime import UTC, datetime
from math import inf

from cinestream.bus import topology
from cinestream.bus.jetstream import Bus, StoredMessage
from cinestream.contracts import ScrapeRequest, subjects
from cinestream.contracts.page import fetched_at


async def fresh(bus: Bus, request: ScrapeRequest, fresh_for: float) -> StoredMessage | None:
    """The newest page of the target, whatever its outcome; None if it was not read within `fresh_for` seconds.

    Raises:
        Transient: the bus does not answer.
    """
    last = await bus.last_message(topology.PAGES, subjects.page(request.kind, request.id))
    return last if last and age(last) < fresh_for else None


def age(page: StoredMessage) -> float:
    """The seconds since a page was read."""
    moment = fetched_at(page.headers)
    return (datetime.now(UTC) - moment).total_seconds() if moment else inf
