"""Pages from elsewhere, through the same verdicts: `import` publishes saved pages, `export` writes stored ones.

Importing again goes on where it ended: what the stream holds in this or a newer reading is passed by.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import anyio
import structlog
from warcio.statusandheaders import StatusAndHeaders  # type: ignore[import-untyped]
from warcio.warcwriter import WARCWriter  # type: ignore[import-untyped]

from cinestream.bus import topology
from cinestream.bus.jetstream import Bus
from cinestream.contracts import Invalid, Kind, RawPage, subjects
from cinestream.contracts.page import fetched_at
from cinestream.contracts.request import path_of
from cinestream_scraper.archives import Saved, Unreadable, files_in, pages_in
from cinestream_scraper.gate import Backlog
from cinestream_scraper.identity import Shape, identify
from cinestream_scraper.reading import Reading
from cinestream_scraper.record import WITH_BODY, record_of
from cinestream_scraper.targets import Place, Site, place_of
from cinestream_scraper.verdict import Action, Judgement, judge

log = structlog.get_logger("scraper")

_LOOK_EVERY = 16
_BATCH = 16
_LOOK_AGAIN = 0.2


class Fate(StrEnum):
    """What became of a saved page, besides the verdicts that nothing is published for."""

    PUBLISHED = "published"
    STORED_ALREADY = "stored already"
    NO_TARGET = "no page of a target"
    TOO_LARGE = "too large"
    UNREADABLE = "unreadable"


async def import_pages(bus: Bus, site: Site, paths: Iterable[Path]) -> AsyncIterator[Counter[str]]:
    """Publish what is a whole page; after each file yield the fates of all pages until then.

    Waits while etl has too much to read, beyond which the oldest pages would be lost.
    """
    fates: Counter[str] = Counter()
    backlog = Backlog(bus)
    for file in files_in(paths):
        try:
            for saved in pages_in(file):
                while fates.total() % _LOOK_EVERY == 0 and await backlog.look():
                    await anyio.sleep(_LOOK_AGAIN)
                fates[await _import(bus, site, saved)] += 1
        except Unreadable as error:
            log.warning("import.unreadable", why=str(error), so="the pages before were imported, those after were not")
            fates[Fate.UNREADABLE] += 1
        yield fates


async def _import(bus: Bus, site: Site, saved: Saved) -> str:
    judged = verdict_on(saved, site)
    if judged is None:
        return Fate.NO_TARGET
    place, reading, judgement = judged
    if judgement.action is not Action.PUBLISH or judgement.outcome not in WITH_BODY:
        return judgement.verdict
    page = record_of(place, reading, judgement)
    stored = await bus.last(topology.PAGES, page.subject)
    moment = fetched_at(stored.headers) if stored else None
    if moment is not None and moment >= page.fetched_at:
        return Fate.STORED_ALREADY
    try:
        await bus.publish(page.subject, page.encode())
    except Invalid:
        return Fate.TOO_LARGE
    return Fate.PUBLISHED


def verdict_on(saved: Saved, site: Site) -> tuple[Place, Reading, Judgement] | None:
    """The verdict on a saved page; None if it is the page of no target. Pure.

    A file without address is the page of what it says that it is, if it says so without contradiction.
    """
    place = place_of(saved.url) if saved.url else _place_by_itself(saved.html)
    if place is None:
        return None
    url = saved.url or f"{site.url}{path_of(place.kind, place.id)}"
    reading = Reading(url, url, saved.status, saved.html, saved.read_at)
    return place, reading, judge(reading, place)


def _place_by_itself(html: str) -> Place | None:
    identity = identify(html)
    if identity.shape in (Shape.TITLE, Shape.CHART, Shape.LIST) and identity.id:
        return Place(Kind(identity.shape.value), identity.id)
    return None


async def export_pages(bus: Bus, out: BinaryIO) -> AsyncIterator[int]:
    """Write every stored page that has a body as a WARC response record, oldest first; yield how many there are."""
    writer = WARCWriter(out, gzip=True)
    written, after = 0, 0
    while found := await bus.read(topology.PAGES, start=after + 1, most=_BATCH, subject=f"{subjects.PAGES}.>"):
        for stored in found:
            after = stored.sequence
            if stored.body:
                _write(writer, RawPage.decode(stored.envelope))
                written += 1
        yield written


def _write(writer: WARCWriter, page: RawPage) -> None:
    headers = StatusAndHeaders(f"{page.status} ", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
    date = page.fetched_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    payload = BytesIO(page.html.encode("utf-8", "replace"))
    record = writer.create_warc_record(
        page.final_url, "response", payload=payload, http_headers=headers, warc_headers_dict={"WARC-Date": date}
    )
    writer.write_record(record)
