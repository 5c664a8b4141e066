"""The memory of a long crawl: `python -m bench.scraper.memory [PAGES]` (1,000)."""

import logging
import sys
import time

import anyio
import structlog
from bench.scraper.crawl import crawl
from bench.scraper.demo_site import demo_site

from cinestream_scraper.settings import ScraperSettings

_MIB = 1 << 20
_WARM_UP = 100
"""Pages before the memory of the scraper's process is measured."""
_POLL_SECONDS = 1.0


async def measure(pages: int) -> None:
    """Crawl so many pages, and print the memory of the browsers and of the scraper's process."""
    bound = ScraperSettings().scraper_session_memory
    with demo_site(pages, 40) as site:
        async with crawl(site) as crawling:
            await crawling.enqueue(pages)
            crawling.start()
            started, browser, first, last = time.monotonic(), 0, 0, 0
            while left := await crawling.remaining():
                if pages - left >= _WARM_UP:
                    first, last = first or crawling.own_memory(), crawling.own_memory()
                browser = max(browser, crawling.browser_memory())
                await anyio.sleep(_POLL_SECONDS)
            seconds = time.monotonic() - started
            published = len(await crawling.published())
            crawling.stop()
    print(f"\n{published:,} of {pages:,} pages in {seconds:.0f} s, the queue and storing included\n")
    print("| memory | MiB | target |\n|---|---|---|")
    print(f"| the largest browser | {browser / _MIB:.0f} | {bound} |")
    print(f"| the scraper's process after {_WARM_UP} pages | {first / _MIB:.1f} | |")
    print(f"| its growth until the end | {(last - first) / _MIB:.1f} | 10 |", flush=True)


def main() -> None:
    """Run the command line."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    anyio.run(measure, int(sys.argv[1]) if len(sys.argv) > 1 else 1000)


if __name__ == "__main__":
    main()
