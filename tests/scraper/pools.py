"""A page read by any session of a pool."""

from cinestream.contracts import Kind
from cinestream_scraper.browser.pool import SessionPool
from cinestream_scraper.pages.reading import Reading


async def read_page(pool: SessionPool, url: str, kind: Kind = Kind.TITLE) -> Reading:
    """Read a page, and give its session back."""
    async with pool.session() as session:
        return await session.read(url, kind)
