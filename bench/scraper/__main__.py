"""`make bench-scraper`: pages a second of each contender on the demo site with 40 ms of latency, in one run.

`python -m bench.scraper [PAGES]`: how many pages each reads (100). Scrapy with scrapy-playwright takes part where
SCRAPY_PYTHON names an interpreter that has both.
"""

import os
import subprocess
import sys
import sysconfig
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import structlog
from bench.scraper import works

from cinestream_scraper.settings import ScraperSettings

LATENCY_MS = 40
_USUAL_MOST = 20


@contextmanager
def demo_site() -> Iterator[str]:
    """The address of a demo site of its own."""
    command = [str(Path(sysconfig.get_path("scripts")) / "cinestream-demo-site"), "--port", "0"]
    with subprocess.Popen([*command, "--latency-ms", str(LATENCY_MS)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        said = process.stdout.readline()
        try:
            yield next(word.rstrip("/.,") for word in said.split() if word.startswith("http"))
        finally:
            process.terminate()


def titles(site: str, count: int) -> list[str]:
    """The pages of so many films."""
    with urllib.request.urlopen(f"{site}/__demo__/ids.txt") as answer:
        ids = answer.read().decode().split()
    return [f"{site}/title/{id}/" for id in ids[:count]]


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
    with demo_site() as site:
        settings = ScraperSettings(imdb_url=site, scraper_rate=0)
        films, found = titles(site, count), works.searches(site, count)
        print(f"{settings.scraper_sessions} sessions, {LATENCY_MS} ms of latency\n\n| contender | pages/s | whole |")
        print("|---|---|---|")
        ours = rate("CineStream, titles", lambda urls: works.scraper(urls, settings), films)
        usual = rate("Selenium as usual, titles", lambda urls: works.usual(urls, settings), films[:_USUAL_MOST])
        ratios = [("Selenium as usual", ours / usual, 8.0)]
        if os.environ.get("SCRAPY_PYTHON"):
            for blocking, target in ((False, 1.5), (True, 1.0)):
                name = f"Scrapy + Playwright, {'equal sessions and blocking' if blocking else 'defaults'}, titles"
                ratios.append(
                    (
                        name,
                        ours / rate(name, partial(works.scrapy, settings=settings, blocking=blocking), films),
                        target,
                    )
                )
        plain = rate("CineStream, searches", lambda urls: works.scraper(urls, settings), found)
        floor = rate("bare driver.get, searches", lambda urls: works.floor(urls, settings), found)
        ratios.append(("bare driver.get (no lazy sections)", plain / floor, 0.85))
    print("\n| CineStream against | ratio | target |\n|---|---|---|")
    for name, ratio, target in ratios:
        print(f"| {name} | {ratio:.2f} | {target:g} |")


if __name__ == "__main__":
    main()
