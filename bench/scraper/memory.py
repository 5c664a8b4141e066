"""What a long crawl costs in memory: `python -m bench.scraper.memory [PAGES]` (1,000)."""

import logging
import sys
import time

import anyio
import structlog
from bench.scraper.crawl import crawl
from bench.scraper.site import demo_site

from cinestream_scraper.settings import ScraperSettings

_MIB = 1 << 20
_WARM = 100
_LOOK_EVERY = 1.0


async def measure(pages: int) -> None:
    """Crawl so many pages, and print what the browsers and the scraper's process needed."""
    bound = ScraperSettings().scraper_session_memory
    with demo_site(pages, 40) as site:
        async with crawl(site) as crawling:
            await crawling.ask(pages)
            crawling.start()
            started, browser, first, last = time.monotonic(), 0, 0, 0
            while left := await crawling.left():
                if pages - left >= _WARM:
                    first, last = first or crawling.own_memory(), crawling.own_memory()
                browser = max(browser, crawling.browser_memory())
                await anyio.sleep(_LOOK_EVERY)
            seconds = time.monotonic() - started
            published = len(await crawling.published())
            crawling.stop()
    print(f"\n{published:,} of {pages:,} pages in {seconds:.0f} s, the queue and storing included\n")
    print("| memory | MiB | target |\n|---|---|---|")
    print(f"| the browser that needed most | {browser / _MIB:.0f} | {bound} |")
    print(f"| the scraper's process after {_WARM} pages | {first / _MIB:.1f} | |")
    print(f"| what it grew by until the end | {(last - first) / _MIB:.1f} | 10 |", flush=True)


def main() -> None:
    """Measure."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    anyio.run(measure, int(sys.argv[1]) if len(sys.argv) > 1 else 1000)


if __name__ == "__main__":
    main()
