"""Scrapy with scrapy-playwright, set up as in the README of scrapy-playwright."""

import os
from typing import Any

import scrapy  # type: ignore[import-not-found]
from scrapy.crawler import CrawlerProcess  # type: ignore[import-not-found]

FOUND: list[bool] = []
BLOCKED = {"image", "font", "media"}


class PageSpider(scrapy.Spider):  # type: ignore[misc]
    """Reads the pages that the environment names."""

    name = "pages"

    async def start(self):  # type: ignore[no-untyped-def]
        """Request all pages."""
        for url in os.environ["PAGES"].split():
            yield scrapy.Request(url, meta={"playwright": True}, dont_filter=True)

    def parse(self, response):  # type: ignore[no-untyped-def]
        """Record whether the page is complete."""
        FOUND.append("</html>" in response.text)


handler = "scrapy_playwright.handler.ScrapyPlaywrightDownloadHandler"
settings: dict[str, Any] = {
    "DOWNLOAD_HANDLERS": {"http": handler, "https": handler},
    "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
    "PLAYWRIGHT_LAUNCH_OPTIONS": {"executable_path": os.environ["BROWSER"], "args": ["--no-sandbox"]},
    "LOG_LEVEL": "ERROR",
}
if os.environ["BLOCKING"]:
    settings["PLAYWRIGHT_ABORT_REQUEST"] = lambda request: request.resource_type in BLOCKED
if os.environ["CONCURRENCY"]:
    settings["CONCURRENT_REQUESTS"] = int(os.environ["CONCURRENCY"])
process = CrawlerProcess(settings)
process.crawl(PageSpider)
process.start()
print(sum(FOUND))
