"""Scrapy with scrapy-playwright, as its README sets it up; run by an interpreter that has both."""

import os
from typing import Any

import scrapy  # type: ignore[import-not-found]
from scrapy.crawler import CrawlerProcess  # type: ignore[import-not-found]

FOUND: list[bool] = []
BLOCKED = {"image", "font", "media"}


class Pages(scrapy.Spider):  # type: ignore[misc]
    """Reads the pages that the environment names."""

    name = "pages"

    async def start(self):  # type: ignore[no-untyped-def]
        """Ask for all."""
        for url in os.environ["PAGES"].split():
            yield scrapy.Request(url, meta={"playwright": True}, dont_filter=True)

    def parse(self, response):  # type: ignore[no-untyped-def]
        """Count the whole ones."""
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
if os.environ["HANDS"]:
    settings["CONCURRENT_REQUESTS"] = int(os.environ["HANDS"])
process = CrawlerProcess(settings)
process.crawl(Pages)
process.start()
print(sum(FOUND))
