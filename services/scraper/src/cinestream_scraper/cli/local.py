"""The commands that drive a browser without NATS: `browser` and `scrape`."""

from pathlib import Path

import anyio
import httpx2
import typer

from cinestream.commands.exit_codes import ExitCode
from cinestream.commands.frame import fail
from cinestream.commands.language import translate
from cinestream.contracts import ScrapeRequest
from cinestream.contracts.text import masked
from cinestream.runtime.logs import configure_logs
from cinestream.runtime.settings import load_settings
from cinestream_flow.message import Message
from cinestream_scraper.browser.discovery import InstalledBrowser
from cinestream_scraper.browser.process_cleanup import BrowserRun
from cinestream_scraper.cli.browser import begin, local_browser
from cinestream_scraper.cli.targets import requested
from cinestream_scraper.pages.reading import Reading
from cinestream_scraper.pages.targets import Target
from cinestream_scraper.pages.verdict import Action, judge
from cinestream_scraper.politeness.host import Host
from cinestream_scraper.service.service import open_pool
from cinestream_scraper.settings import ScraperSettings


def print_browser() -> None:
    """Print the browser and the driver that would be used."""
    settings = load_settings(ScraperSettings, translate=translate)
    installed = local_browser(settings)
    if installed is None:
        address = masked(settings.selenium_url)
        typer.echo(translate("{kind} at {address}", kind=settings.scraper_browser, address=address))
    else:
        typer.echo(translate("{browser}, driven by {driver}", browser=installed.browser, driver=installed.driver))


def print_page(target: str, out: Path | None) -> None:
    """Read one page, and print the verdict to stderr. Exit with 1 if the page is not that of the target.

    Args:
        target: A title, chart, list or search.
        out: File to write the page to. None means the standard output.
    """
    settings = load_settings(ScraperSettings, translate=translate)
    configure_logs(settings.log_format, "warning", service="scraper")
    if out and not out.parent.is_dir():
        fail(Message("{folder} is not a directory: make it, or name another file", folder=out.parent))
    request = requested(target, site=settings.site)
    installed, run = local_browser(settings), begin(settings)
    try:
        reading = anyio.run(_scrape, settings, installed, run, request)
        settings.site.require_allowed(reading.final_url)
    finally:
        run.end()
    judgement = judge(reading, Target(request.kind, request.id))
    typer.echo(translate("{verdict}: {why}", verdict=judgement.verdict, why=judgement.why), err=True)
    if out:
        try:
            out.write_text(reading.html, "utf-8", errors="replace")
        except OSError as error:
            fail(Message("{out} cannot be written ({error})", out=out, error=error.strerror))
    else:
        typer.echo(reading.html)
    raise typer.Exit(ExitCode.DONE if judgement.action is Action.PUBLISH else ExitCode.FAILED)


async def _scrape(
    settings: ScraperSettings, installed: InstalledBrowser | None, run: BrowserRun, request: ScrapeRequest
) -> Reading:
    url = settings.site.address(request)
    pool = open_pool(settings, installed, run)
    async with httpx2.AsyncClient() as client:
        await Host(settings, client).admit(url)
    try:
        async with pool.session() as session:
            return await session.read(url, request.kind, request.limit)
    finally:
        await pool.close()
