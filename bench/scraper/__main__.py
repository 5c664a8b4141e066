"""The command `make bench-scraper`: measure the pages per second of each contender on a demo site.

python -m bench.scraper [PAGES]

Every contender reads PAGES pages (100) in one run, with 40 ms of latency. The floor, and the scraper that is compared
with it, read three times as many, because their difference is small. Scrapy with scrapy-playwright is installed into
an environment of its own.
"""

import sys
import time
from collections.abc import Callable
from functools import partial

import structlog
from bench.scraper import contenders
from bench.scraper.demo_site import demo_site, film_ids
from bench.scraper.peers.environment import scrapy_python

from cinestream_scraper.settings import ScraperSettings

LATENCY_MS = 40
_MAX_USUAL = 20
"""Pages for Selenium as it is usually written, which needs more than two seconds for each."""
_FILMS = 300
_SCRAPY_TARGETS = ((False, 1.5), (True, 1.0))
"""Blocking of images, fonts and media as the scraper does, and the ratio to reach."""


def rate(name: str, read: Callable[[list[str]], int], urls: list[str]) -> float:
    """Let a contender read the pages. Print and return its pages per second, the start of the browsers included."""
    started = time.perf_counter()
    complete = read(urls)
    pages = len(urls) / (time.perf_counter() - started)
    print(f"| {name} | {pages:.2f} | {complete} of {len(urls)} |", flush=True)
    return pages


def main() -> None:
    """Run the command line."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    python = scrapy_python()
    with demo_site(max(count, _FILMS), LATENCY_MS) as site:
        settings = ScraperSettings(imdb_url=site, scraper_rate=0)
        films, found = [f"{site}/title/{id}/" for id in film_ids(count)], contenders.searches(site, 3 * count)
        print(f"{settings.scraper_sessions} sessions, {LATENCY_MS} ms of latency\n\n| contender | pages/s | complete |")
        print("|---|---|---|")
        ours = rate("CineStream, titles", partial(contenders.read_with_scraper, settings=settings), films)
        usual = rate(
            "Selenium as usual, titles",
            partial(contenders.read_with_plain_selenium, settings=settings),
            films[:_MAX_USUAL],
        )
        ratios = [("Selenium as usual", ours / usual, 8.0)]
        for blocking, target in _SCRAPY_TARGETS if python else ():
            peer = partial(contenders.read_with_scrapy, settings=settings, python=str(python), blocking=blocking)
            name = f"Scrapy + Playwright, {'equal sessions and blocking' if blocking else 'defaults'}, titles"
            ratios.append((name, ours / rate(name, peer, films), target))
        plain = rate("CineStream, searches", partial(contenders.read_with_scraper, settings=settings), found)
        floor = rate("bare driver.get, searches", partial(contenders.read_with_bare_driver, settings=settings), found)
        ratios.append(("bare driver.get (no lazy sections)", plain / floor, 0.85))
    print("\n| CineStream against | ratio | target |\n|---|---|---|")
    for name, ratio, target in ratios:
        print(f"| {name} | {ratio:.2f} | {target:g} |")


if __name__ == "__main__":
    main()
