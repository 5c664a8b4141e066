"""The age of the stored page of a target, as the stream itself states it: there is no second bookkeeping."""

from datetime import UTC, datetime
from math import inf

from cinestream.bus import topology
from cinestream.bus.jetstream import Bus, StoredMessage
from cinestream.contracts import ScrapeRequest, subjects
from cinestream.contracts.page import fetched_at


async def fresh_page(bus: Bus, request: ScrapeRequest, ttl_seconds: float) -> StoredMessage | None:
    """Return the newest page of the target, whatever its outcome, or None if it is older than that.

    Raises:
        Transient: the bus does not answer.
    """
    last = await bus.last_message(topology.PAGES, subjects.page(request.kind, request.id))
    return last if last and age_seconds(last) < ttl_seconds else None


def age_seconds(page: StoredMessage) -> float:
    """Return the seconds since a page was read. Infinity if the page does not state it."""
    moment = fetched_at(page.headers)
    return (datetime.now(UTC) - moment).total_seconds() if moment else inf
