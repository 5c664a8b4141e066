"""The export of stored pages as a WARC archive (ISO 28500)."""

from collections.abc import AsyncIterator
from io import BytesIO
from typing import BinaryIO

from warcio.statusandheaders import StatusAndHeaders  # type: ignore[import-untyped]
from warcio.warcwriter import WARCWriter  # type: ignore[import-untyped]

from cinestream.bus import topology
from cinestream.bus.jetstream import Bus, StoredMessage
from cinestream.contracts import Invalid, RawPage, subjects
from cinestream_flow.logger import get_logger

log = get_logger("scraper")

_BATCH = 16


async def export_pages(bus: Bus, out: BinaryIO) -> AsyncIterator[int]:
    """Write every stored page that has a body as a WARC response record, oldest first. Yield the number so far."""
    writer = WARCWriter(out, gzip=True)
    written, after = 0, 0
    while batch := await bus.read(topology.PAGES, start=after + 1, limit=_BATCH, subject=f"{subjects.PAGES}.>"):
        for stored in batch:
            after = stored.sequence
            written += bool(stored.body) and _write(writer, stored)
        yield written


def _write(writer: WARCWriter, stored: StoredMessage) -> bool:
    """Write a page. Return False if it cannot be decoded, as one of a newer version."""
    try:
        page = RawPage.decode(stored.envelope)
    except Invalid as error:
        log.warning("export.unreadable", subject=stored.subject, sequence=stored.sequence, why=str(error))
        return False
    headers = StatusAndHeaders(f"{page.status} ", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
    date = page.fetched_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    payload = BytesIO(page.html.encode("utf-8", "replace"))
    record = writer.create_warc_record(
        page.final_url, "response", payload=payload, http_headers=headers, warc_headers_dict={"WARC-Date": date}
    )
    writer.write_record(record)
    return True
