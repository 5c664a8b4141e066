"""`cinestream-etl reprocess`: stored pages once more, through today's parser.

Only what really changes is published, because each page takes the way that it takes in the worker; workers may run
meanwhile. Nothing is acknowledged and nothing buried: an invalid page has its dead letter from the first time.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from datetime import datetime

import structlog

from cinestream.bus.jetstream import Bus, StoredMessage
from cinestream.bus.topology import PAGES
from cinestream.contracts import Invalid, Kind, subjects
from cinestream_etl.catalogue import Catalogue
from cinestream_etl.store.catalogue_feed import read_on
from cinestream_etl.store.settle import settle_page
from cinestream_etl.tone.model import Hear, tone

log = structlog.get_logger("reprocess")
_BATCH = 20
_FILMS = 20_000
"""Of the newest, which are recommended where a page has no recommendations."""


async def reprocess(bus: Bus, *, since: datetime, ids: Iterable[str] = (), hear: Hear = tone) -> Counter[str]:
    """Settle every page of a title that was stored at `since` or later, of these titles (none given: of all).

    Returns how many pages had which result (see the metric `cinestream_etl_pages_total`).

    Raises:
        Transient: the bus does not answer, or too many races were lost.
    """
    results: Counter[str] = Counter()
    catalogue = Catalogue(_FILMS)
    await read_on(bus, catalogue, start=1, most=_FILMS)
    first = await bus.first_message_since(PAGES, since)
    for id in ids or ["*"]:
        async for stored in _pages(bus, subjects.page(Kind.TITLE, id), first.sequence if first else None):
            try:
                result = await settle_page(bus, stored.envelope, catalogue=catalogue, hear=hear)
            except Invalid as error:
                result = "invalid"
                log.warning("page.invalid", subject=stored.subject, sequence=stored.sequence, reason=str(error))
            results[result] += 1
    return results


async def _pages(bus: Bus, subject: str, start: int | None) -> AsyncIterator[StoredMessage]:
    while start is not None:
        batch = await bus.read(PAGES, start=start, limit=_BATCH, subject=subject)
        for stored in batch:
            yield stored
        start = batch[-1].sequence + 1 if batch else None
