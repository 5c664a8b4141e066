"""How each contender reads a list of pages; every one returns how many whole pages it got, once all are read."""

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
from cinestream_scraper.browser.discovery import Installed, find_browser
from cinestream_scraper.browser.launch import Launch
from cinestream_scraper.browser.process_cleanup import Run
from cinestream_scraper.crawl.raw_page import record_of
from cinestream_scraper.pages.targets import place_of
from cinestream_scraper.pages.verdict import Action, judge
from cinestream_scraper.service.service import open_sessions
from cinestream_scraper.settings import ScraperSettings

PEER = Path(__file__).parent / "peers" / "scrapy_spider.py"


def scraper(urls: list[str], settings: ScraperSettings) -> int:
    """CineStream's: sessions, visit with lazy parts, verdict, compressed record; without NATS."""
    return anyio.run(_scraper, urls, settings)


async def _scraper(urls: list[str], settings: ScraperSettings) -> int:
    run = Run.begin(Path(tempfile.mkdtemp()))
    sessions = open_sessions(settings, find_browser("chrome"), run)
    left, whole = iter(urls), 0

    async def hand() -> None:
        nonlocal whole
        for url in left:
            place = place_of(url)
            assert place
            reading = await sessions.read(url, place.kind, 1)
            judgement = judge(reading, place)
            if judgement.action is Action.PUBLISH:
                record_of(place, reading, judgement).encode()
                whole += 1

    try:
        async with anyio.create_task_group() as group:
            for _ in range(settings.scraper_sessions):
                group.start_soon(hand)
    finally:
        await sessions.close()
        run.end()
    return whole


def floor(urls: list[str], settings: ScraperSettings) -> int:
    """Bare `driver.get` and `page_source` with the same browsers, blocking and number of sessions."""
    run = Run.begin(Path(tempfile.mkdtemp()))
    launch, left = Launch(settings, find_browser("chrome")), SimpleQueue[str]()
    for url in urls:
        left.put(url)

    def hand(name: str) -> int:
        (driver, guard), read = launch.start(run.session(name)), 0
        assert guard
        guard.end()
        while not left.empty():
            driver.get(left.get())
            read += "</html>" in driver.page_source
        return read

    try:
        with ThreadPoolExecutor() as pool:
            return sum(pool.map(hand, map(str, range(settings.scraper_sessions))))
    finally:
        run.end()


def usual(urls: list[str], settings: ScraperSettings) -> int:
    """Selenium as it is usually written: one driver, everything loaded, two seconds of sleep."""
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


def scrapy(urls: list[str], settings: ScraperSettings, *, python: str, blocking: bool) -> int:
    """Scrapy with scrapy-playwright, by an interpreter that has both."""
    environment = os.environ | {
        "BROWSER": _installed().browser,
        "PAGES": "\n".join(urls),
        "BLOCKING": "1" if blocking else "",
        "HANDS": str(settings.scraper_sessions) if blocking else "",
    }
    said = subprocess.run([python, str(PEER)], env=environment, capture_output=True, text=True, check=False)
    if said.returncode:
        raise SystemExit(said.stderr)
    return int(said.stdout.split()[-1])


def searches(site: str, count: int) -> list[str]:
    """Pages without lazy sections: searches for as many words."""
    requests = [ScrapeRequest.of(f"search:{chr(97 + n % 26)}{chr(97 + n // 26)}") for n in range(count)]
    return [f"{site}{request.query}" for request in requests]


def _installed() -> Installed:
    return find_browser("chrome")
