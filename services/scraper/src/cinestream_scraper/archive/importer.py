"""The import of saved pages: classified like pages from the browser, and published if they are whole.

An import that is started again continues where it ended. A page is skipped if the stream holds the same or a newer
reading of it.
"""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import anyio

from cinestream.bus import topology
from cinestream.bus.jetstream import Bus, WrongLastSequence
from cinestream.contracts import Invalid, Kind, RawPage
from cinestream.contracts.page import fetched_at
from cinestream.contracts.request import path_of
from cinestream_flow.logger import get_logger
from cinestream_flow.message import Message
from cinestream_scraper.archive.warc import SavedPage, UnreadableFile, pages_in
from cinestream_scraper.crawl.backlog import Backlog
from cinestream_scraper.crawl.raw_page import WITH_BODY, raw_page_of
from cinestream_scraper.pages.identity import Shape
from cinestream_scraper.pages.page import Page
from cinestream_scraper.pages.reading import Reading
from cinestream_scraper.pages.targets import Target, target_of
from cinestream_scraper.pages.verdict import Action, Judgement, judge
from cinestream_scraper.site import Site

log = get_logger("scraper")

_PAGES_PER_CHECK = 16
_BACKLOG_POLL_SECONDS = 0.2


class ImportOutcome(StrEnum):
    """The outcome of importing a saved page. Pages that are not published count under their verdict instead."""

    PUBLISHED = Message("published")
    STORED_ALREADY = Message("stored already")
    NO_TARGET = Message("no page of a target")
    TOO_LARGE = Message("too large")
    UNREADABLE = Message("unreadable")


class ImportProgress(NamedTuple):
    """The progress of an import: the bytes of the files read, and how many pages had each outcome."""

    read_bytes: int
    outcomes: Counter[str]


async def import_pages(bus: Bus, site: Site, files: Sequence[Path]) -> AsyncIterator[ImportProgress]:
    """Publish the whole pages in the files. Yield the progress after every 16 pages, and after each file.

    Waits while etl has too much to read: a full stream would drop its oldest pages.
    """
    outcomes: Counter[str] = Counter()
    backlog = Backlog(bus)
    before = 0
    for file in files:
        try:
            for saved in pages_in(file):
                while outcomes.total() % _PAGES_PER_CHECK == 0 and await backlog.check():
                    await anyio.sleep(_BACKLOG_POLL_SECONDS)
                outcomes[await _import(bus, site, saved)] += 1
                if outcomes.total() % _PAGES_PER_CHECK == 0:
                    yield ImportProgress(before + saved.offset, outcomes)
        except UnreadableFile as error:
            effect = "the pages before the damage were imported, those after it were not"
            log.warning("import.unreadable", why=str(error), effect=effect)
            outcomes[ImportOutcome.UNREADABLE] += 1
        before += size_of(file)
        yield ImportProgress(before, outcomes)


def size_of(*files: Path) -> int:
    """Return the bytes of these files. A file that is gone has none."""
    return sum(file.stat().st_size for file in files if file.exists())


async def _import(bus: Bus, site: Site, saved: SavedPage) -> str:
    judged = judge_saved(saved, site)
    if judged is None:
        return ImportOutcome.NO_TARGET
    target, reading, judgement = judged
    if judgement.action is not Action.PUBLISH or judgement.outcome not in WITH_BODY:
        return judgement.verdict
    try:
        return await _store(bus, raw_page_of(target, reading, judgement))
    except Invalid:
        return ImportOutcome.TOO_LARGE


async def _store(bus: Bus, page: RawPage) -> ImportOutcome:
    envelope = page.encode()
    while True:
        stored = await bus.last_message(topology.PAGES, page.subject)
        moment = fetched_at(stored.headers) if stored else None
        if moment is not None and moment >= page.fetched_at:
            return ImportOutcome.STORED_ALREADY
        try:
            await bus.publish(page.subject, envelope, expect_last=stored.sequence if stored else 0)
        except WrongLastSequence:
            continue  # a scraper or another import was faster: compare with its page
        return ImportOutcome.PUBLISHED


def judge_saved(saved: SavedPage, site: Site) -> tuple[Target, Reading, Judgement] | None:
    """Return the verdict on a saved page with its target and reading, or None if it belongs to no target. Pure.

    A file without an address is the page of the target that it names itself, if it names one without contradiction.
    """
    page = Page(saved.html)
    target = target_of(saved.url) if saved.url else _target_named_in(page)
    if target is None:
        return None
    url = saved.url or f"{site.url}{path_of(target.kind, target.id)}"
    reading = Reading(url, url, saved.status, page, saved.read_at)
    return target, reading, judge(reading, target)


def _target_named_in(page: Page) -> Target | None:
    identity = page.identity
    if identity.shape in (Shape.TITLE, Shape.CHART, Shape.LIST) and identity.id:
        return Target(Kind(identity.shape.value), identity.id)
    return None
