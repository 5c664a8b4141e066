"""`make bench-scraper`: pages a second of each contender on the demo site with 40 ms of latency, in one run.

`python -m bench.scraper [PAGES]`: how many pages each reads (100); the floor and what is compared with it three times
as many, so that noise does not decide. Scrapy with scrapy-playwright gets an environment of its own.
"""

import sys
import time
from collections.abc import Callable
from functools import partial

import structlog
from bench.scraper import works
from bench.scraper.peers.environment import scrapy_python
from bench.scraper.site import demo_site, ids

from cinestream_scraper.settings import ScraperSettings

LATENCY_MS = 40
_USUAL_MOST = 20
_FILMS = 300
_PEER = ((False, 1.5), (True, 1.0))


def rate(name: str, read: Callable[[list[str]], int], urls: list[str]) -> float:
    """Pages a second, starting the browsers included."""
    started = time.perf_counter()
    whole = read(urls)
    pages = len(urls) / (time.perf_counter() - started)
    print(f"| {name} | {pages:.2f} | {whole} of {len(urls)} |", flush=True)
    return pages


def main() -> None:
    """Run all, print the table, then the ratios."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    python = scrapy_python()
    with demo_site(max(count, _FILMS), LATENCY_MS) as site:
        settings = ScraperSettings(imdb_url=site, scraper_rate=0)
        films, found = [f"{site}/title/{id}/" for id in ids(count)], works.searches(site, 3 * count)
        print(f"{settings.scraper_sessions} sessions, {LATENCY_MS} ms of latency\n\n| contender | pages/s | whole |")
        print("|---|---|---|")
        ours = rate("CineStream, titles", lambda urls: works.scraper(urls, settings), films)
        usual = rate("Selenium as usual, titles", lambda urls: works.usual(urls, settings), films[:_USUAL_MOST])
        ratios = [("Selenium as usual", ours / usual, 8.0)]
        for blocking, target in _PEER if python else ():
            peer = partial(works.scrapy, settings=settings, python=str(python), blocking=blocking)
            name = f"Scrapy + Playwright, {'equal sessions and blocking' if blocking else 'defaults'}, titles"
            ratios.append((name, ours / rate(name, peer, films), target))
        plain = rate("CineStream, searches", lambda urls: works.scraper(urls, settings), found)
        floor = rate("bare driver.get, searches", lambda urls: works.floor(urls, settings), found)
        ratios.append(("bare driver.get (no lazy sections)", plain / floor, 0.85))
    print("\n| CineStream against | ratio | target |\n|---|---|---|")
    for name, ratio, target in ratios:
        print(f"| {name} | {ratio:.2f} | {target:g} |")


if __name__ == "__main__":
    main()
