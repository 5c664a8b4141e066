"""Pools of real browsers, and pipelines that read with them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
from tests.scraper.browsers import installed_or_skip

from cinestream.bus.jetstream import Bus
from cinestream.contracts import Kind
from cinestream_scraper.browser.pool import SessionPool
from cinestream_scraper.browser.process_cleanup import BrowserRun
from cinestream_scraper.crawl.pipeline import Pipeline
from cinestream_scraper.pages.reading import Reading
from cinestream_scraper.politeness.host import Host
from cinestream_scraper.service.service import open_pool
from cinestream_scraper.settings import ScraperSettings


async def read_page(pool: SessionPool, url: str, kind: Kind = Kind.TITLE) -> Reading:
    """Read a page, and give its session back."""
    async with pool.session() as session:
        return await session.read(url, kind)


@asynccontextmanager
async def pipeline_of(bus: Bus, site: str, state: Path, **changes: object) -> AsyncIterator[Pipeline]:
    """Make a pipeline that reads a site with Chrome, and end its browsers."""
    settings = ScraperSettings(imdb_url=site, scraper_rate=0, **changes)  # type: ignore[arg-type]
    run = BrowserRun.begin(state)
    pool = open_pool(settings, installed_or_skip("chrome"), run)
    async with httpx2.AsyncClient() as client:
        yield Pipeline(settings, bus, pool, Host(settings, client))
    await pool.close()
    run.end()
