"""The commands that need no NATS: `browser`, `scrape` and `verdict`."""

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import anyio
import httpx2
import typer

from cinestream.contracts import Invalid, ScrapeRequest, Transient
from cinestream.contracts.saved import saved_text
from cinestream.runtime.logs import configure_logs
from cinestream.runtime.settings import load_settings, masked
from cinestream_scraper.browser.discovery import InstalledBrowser, NoBrowser, find_browser
from cinestream_scraper.browser.process_cleanup import BrowserRun
from cinestream_scraper.pages.page import Page
from cinestream_scraper.pages.reading import Reading
from cinestream_scraper.pages.targets import Target, target_of
from cinestream_scraper.pages.verdict import Action, judge
from cinestream_scraper.politeness.host import Host
from cinestream_scraper.service.service import open_pool
from cinestream_scraper.settings import ScraperSettings

TARGETS = "tt0111161, chart:top, list:ls055592025, search:TEXT, or the URL of one"


def browser() -> None:
    """Print the browser and the driver that would be used."""
    settings = load_settings(ScraperSettings)
    installed = local_browser(settings)
    if installed is None:
        typer.echo(f"{settings.scraper_browser} at {masked(settings.selenium_url)}")
    else:
        typer.echo(f"{installed.browser}, driven by {installed.driver}")


def scrape(
    target: Annotated[str, typer.Argument(help=TARGETS)],
    out: Annotated[Path | None, typer.Option(help="File to write the page to. Default: the standard output.")] = None,
) -> None:
    """Read one page, without NATS. The verdict goes to stderr. Exits with 1 if the page is not that of the target."""
    settings = load_settings(ScraperSettings)
    configure_logs(settings.log_format, "warning", service="scraper")
    if out and not out.parent.is_dir():
        raise failed(f"{out.parent} is not a directory: make it, or name another file")
    installed, run = local_browser(settings), begin(settings)
    try:
        settings.site.require_named(target)
        request = ScrapeRequest.of(target)
        reading = anyio.run(_scrape, settings, installed, run, request)
        settings.site.require_allowed(reading.final_url)
    except (Invalid, Transient) as error:
        raise failed(str(error)) from None
    finally:
        run.end()
    judgement = judge(reading, Target(request.kind, request.id))
    typer.echo(f"{judgement.verdict}: {judgement.why}", err=True)
    if out:
        try:
            out.write_text(reading.html, "utf-8", errors="replace")
        except OSError as error:
            raise failed(f"{out} cannot be written ({error.strerror})") from None
    else:
        typer.echo(reading.html)
    raise typer.Exit(0 if judgement.action is Action.PUBLISH else 1)


def verdict(
    page: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A saved page.")],
    url: Annotated[str, typer.Option(help="The address that was opened.")],
    status: Annotated[int, typer.Option(min=100, max=599, help="The HTTP status of the response.")] = 200,
    final_url: Annotated[str, typer.Option(help="The address that answered, if it was another one.")] = "",
) -> None:
    """Print the verdict on a saved page. The reason goes to stderr."""
    target = target_of(url)
    if target is None:
        raise failed(f"{url} is the address of neither a title nor a chart, list or search")
    text = saved_text(page.read_bytes())
    judgement = judge(Reading(url, final_url or url, status, Page(text), datetime.now(UTC)), target)
    typer.echo(judgement.verdict.value)
    typer.echo(judgement.why, err=True)


def local_browser(settings: ScraperSettings) -> InstalledBrowser | None:
    """Return the browser of this machine, or None if a Selenium server has one.

    Raises:
        typer.Exit: there is no browser. The reason was printed.
    """
    # They warn of browsers that the scraper itself ends and reports.
    for name in ("selenium", "urllib3"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    if settings.selenium_url:
        return None
    try:
        installed = find_browser(settings.scraper_browser)
    except NoBrowser as error:
        raise failed(str(error)) from None
    if installed.kind != settings.scraper_browser:
        typer.echo(f"no {settings.scraper_browser} with its driver here: using {installed.browser}", err=True)
    return installed


def begin(settings: ScraperSettings) -> BrowserRun:
    """Begin a run of browsers.

    Raises:
        typer.Exit: the directory for their files cannot be used. The reason was printed.
    """
    try:
        return BrowserRun.begin(settings.scraper_state_dir)
    except OSError as error:
        directory = settings.scraper_state_dir
        raise failed(f"{directory} cannot be used ({error.strerror}): set CINESTREAM_SCRAPER_STATE_DIR") from None


def failed(text: str) -> typer.Exit:
    """Print an error to stderr, and return the exit of the command with code 1."""
    typer.echo(text, err=True)
    return typer.Exit(1)


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
