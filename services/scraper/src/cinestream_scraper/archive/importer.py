"""Pages from elsewhere, through the same verdicts: `import` publishes saved pages, `export` writes stored ones.

Importing again goes on where it ended: what the stream holds in this or a newer reading is passed by.
"""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, NamedTuple

import anyio
import structlog
from warcio.statusandheaders import StatusAndHeaders  # type: ignore[import-untyped]
from warcio.warcwriter import WARCWriter  # type: ignore[import-untyped]

from cinestream.bus import topology
from cinestream.bus.jetstream import Bus, StoredMessage, WrongLastSequence
from cinestream.contracts import Invalid, Kind, RawPage, subjects
from cinestream.contracts.page import fetched_at
from cinestream.contracts.request import path_of
from cinestream_scraper.archive.warc import Saved, Unreadable, pages_in
from cinestream_scraper.crawl.backlog import Backlog
from cinestream_scraper.crawl.raw_page import WITH_BODY, record_of
from cinestream_scraper.pages.identity import Shape, identify
from cinestream_scraper.pages.reading import Reading
from cinestream_scraper.pages.targets import Place, place_of
from cinestream_scraper.pages.verdict import Action, Judgement, judge
from cinestream_scraper.site import Site

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


class Come(NamedTuple):
    """How far an import has come: the bytes of the files that were read, and the fates of the pages in them."""

    read: int
    fates: Counter[str]


async def import_pages(bus: Bus, site: Site, files: Sequence[Path]) -> AsyncIterator[Come]:
    """Publish what is a whole page; every few pages, and after each file, yield how far it has come.

    Waits while etl has too much to read, beyond which the oldest pages would be lost.
    """
    fates: Counter[str] = Counter()
    backlog = Backlog(bus)
    before = 0
    for file in files:
        try:
            for saved in pages_in(file):
                while fates.total() % _LOOK_EVERY == 0 and await backlog.look():
                    await anyio.sleep(_LOOK_AGAIN)
                fates[await _import(bus, site, saved)] += 1
                if fates.total() % _LOOK_EVERY == 0:
                    yield Come(before + saved.ends, fates)
        except Unreadable as error:
            log.warning("import.unreadable", why=str(error), so="the pages before were imported, those after were not")
            fates[Fate.UNREADABLE] += 1
        before += size_of(file)
        yield Come(before, fates)


def size_of(*files: Path) -> int:
    """The bytes of these files; those that are gone have none."""
    return sum(file.stat().st_size for file in files if file.exists())


async def _import(bus: Bus, site: Site, saved: Saved) -> str:
    judged = verdict_on(saved, site)
    if judged is None:
        return Fate.NO_TARGET
    place, reading, judgement = judged
    if judgement.action is not Action.PUBLISH or judgement.outcome not in WITH_BODY:
        return judgement.verdict
    try:
        return await _store(bus, record_of(place, reading, judgement))
    except Invalid:
        return Fate.TOO_LARGE


async def _store(bus: Bus, page: RawPage) -> Fate:
    envelope = page.encode()
    while True:
        stored = await bus.last_message(topology.PAGES, page.subject)
        moment = fetched_at(stored.headers) if stored else None
        if moment is not None and moment >= page.fetched_at:
            return Fate.STORED_ALREADY
        try:
            await bus.publish(page.subject, envelope, expect_last=stored.sequence if stored else 0)
        except WrongLastSequence:
            continue  # a scraper or another import was first
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
    while found := await bus.read(topology.PAGES, start=after + 1, limit=_BATCH, subject=f"{subjects.PAGES}.>"):
        for stored in found:
            after = stored.sequence
            written += bool(stored.body) and _write(writer, stored)
        yield written


def _write(writer: WARCWriter, stored: StoredMessage) -> bool:
    """Write a page; whether it can be read, as it may be one of a newer version."""
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
