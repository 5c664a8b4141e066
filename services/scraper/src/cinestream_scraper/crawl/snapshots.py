"""The store of the snapshots of failed pages: an object bucket, bounded in bytes and age."""

import secrets

import anyio

from cinestream.bus import objects
from cinestream.bus.jetstream import Bus
from cinestream.contracts import ScrapeRequest, subjects
from cinestream_flow.logger import get_logger
from cinestream_scraper import metrics
from cinestream_scraper.browser.snapshot import pack
from cinestream_scraper.pages.reading import Reading

log = get_logger("scraper")

_TIMEOUT_SECONDS = 10.0


async def store(bus: Bus, request: ScrapeRequest, reading: Reading | None, why: str) -> str | None:
    """Store the snapshot of a failed reading and return its name, or None if it could not be stored.

    It never raises: the dead letter that names the snapshot must be written in any case.
    """
    if reading is None:
        return None
    name = f"{request.kind}-{request.id}-{reading.read_at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}.zip"
    try:
        with anyio.fail_after(_TIMEOUT_SECONDS):
            await objects.put(bus, subjects.SNAPSHOTS_BUCKET, name, pack(reading, why))
    except Exception as error:
        log.warning("snapshot.not_stored", subject=request.subject, reason=f"{type(error).__name__}: {error}")
        return None
    metrics.SNAPSHOTS.inc()
    return name
