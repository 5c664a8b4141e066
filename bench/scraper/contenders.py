"""The contenders. Each one reads a list of pages and returns the number of complete pages that it got."""

import os
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

import anyio
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from cinestream.contracts import ScrapeRequest
from cinestream_scraper.browser.discovery import InstalledBrowser, find_browser
from cinestream_scraper.browser.launch import BrowserLauncher
from cinestream_scraper.browser.process_cleanup import BrowserRun
from cinestream_scraper.crawl.raw_page import raw_page_of
from cinestream_scraper.pages.targets import target_of
from cinestream_scraper.pages.verdict import Action, judge
from cinestream_scraper.service.service import open_pool
from cinestream_scraper.settings import ScraperSettings

PEER = Path(__file__).parent / "peers" / "scrapy_spider.py"


def read_with_scraper(urls: list[str], settings: ScraperSettings) -> int:
    """Read as CineStream does: pooled sessions, lazy sections, verdict and compressed message, but without NATS."""
    return anyio.run(_read_with_scraper, urls, settings)


async def _read_with_scraper(urls: list[str], settings: ScraperSettings) -> int:
    run = BrowserRun.begin(Path(tempfile.mkdtemp()))
    pool = open_pool(settings, find_browser("chrome"), run)
    left, complete = iter(urls), 0

    async def worker() -> None:
        nonlocal complete
        for url in left:
            target = target_of(url)
            assert target
            async with pool.session() as session:
                reading = await session.read(url, target.kind, 1)
            judgement = judge(reading, target)
            if judgement.action is Action.PUBLISH:
                raw_page_of(target, reading, judgement).encode()
                complete += 1

    try:
        async with anyio.create_task_group() as group:
            for _ in range(settings.scraper_sessions):
                group.start_soon(worker)
    finally:
        await pool.close()
        run.end()
    return complete


def read_with_bare_driver(urls: list[str], settings: ScraperSettings) -> int:
    """Read with bare `driver.get` and `page_source`, and with the same browsers, blocking and number of sessions."""
    run = BrowserRun.begin(Path(tempfile.mkdtemp()))
    launch, left = BrowserLauncher(settings, find_browser("chrome")), SimpleQueue[str]()
    for url in urls:
        left.put(url)

    def worker(name: str) -> int:
        (driver, guard), read = launch.start(run.session(name)), 0
        assert guard
        guard.close()
        while not left.empty():
            driver.get(left.get())
            read += "</html>" in driver.page_source
        return read

    try:
        with ThreadPoolExecutor() as pool:
            return sum(pool.map(worker, map(str, range(settings.scraper_sessions))))
    finally:
        run.end()


def read_with_plain_selenium(urls: list[str], settings: ScraperSettings) -> int:
    """Read with Selenium as it is usually written: one driver, everything loaded, two seconds of sleep."""
    installed = _installed()
    options = webdriver.ChromeOptions()
    options.binary_location = installed.browser
    for argument in ("--headless=new", "--no-sandbox"):
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=Service(installed.driver))
    try:
        read = 0
        for url in urls:
            driver.get(url)
            time.sleep(2)
            read += "</html>" in driver.page_source
        return read
    finally:
        driver.quit()


def read_with_scrapy(urls: list[str], settings: ScraperSettings, *, python: str, blocking: bool) -> int:
    """Read with Scrapy and scrapy-playwright. `python` is an interpreter that has both."""
    environment = os.environ | {
        "BROWSER": _installed().browser,
        "PAGES": "\n".join(urls),
        "BLOCKING": "1" if blocking else "",
        "CONCURRENCY": str(settings.scraper_sessions) if blocking else "",
    }
    done = subprocess.run([python, str(PEER)], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return int(done.stdout.split()[-1])


def searches(site: str, count: int) -> list[str]:
    """Return the addresses of so many searches, whose pages have no lazy sections."""
    requests = [ScrapeRequest.of(f"search:{chr(97 + n % 26)}{chr(97 + n // 26)}") for n in range(count)]
    return [f"{site}{request.query}" for request in requests]


def _installed() -> InstalledBrowser:
    return find_browser("chrome")
