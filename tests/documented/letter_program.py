"""Stores a dead letter of the scraper with a snapshot, and prints its number. Runs where the scraper's commands run."""

import asyncio
from datetime import UTC, datetime

import typer

from cinestream.bus import objects
from cinestream.contracts import DeadLetter, ScrapeRequest, subjects
from cinestream.runtime.connected import connected
from cinestream.runtime.settings import load_settings
from cinestream_scraper.browser.snapshot import pack
from cinestream_scraper.pages.page import Page
from cinestream_scraper.pages.reading import Reading
from cinestream_scraper.settings import ScraperSettings


async def main() -> None:
    """Store the letter."""
    request = ScrapeRequest.of("tt0110912")
    message, now = request.encode(), datetime.now(UTC)
    url = "https://www.imdb.com/title/tt0110912/"
    reading = Reading(url, url, 200, Page("<html>not the page of a film</html>"), now)
    async with connected(load_settings(ScraperSettings), "test") as bus:
        await objects.put(bus, subjects.SNAPSHOTS_BUCKET, "page.zip", pack(reading, "not the page of a film"))
        letter = DeadLetter(
            stage="scraper",
            reason="not the page of a film",
            deliveries=5,
            died_at=now,
            original_subject=request.subject,
            original_headers=dict(message.headers),
            original_body=message.body,
            snapshot="page.zip",
        )
        typer.echo(await bus.publish(letter.subject, letter.encode()))


asyncio.run(main())
