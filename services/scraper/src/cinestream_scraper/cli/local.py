"""The commands that need no NATS: one page is read, or judged."""

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
from cinestream_scraper.browser.discovery import Installed, NoBrowser, find_browser
from cinestream_scraper.browser.process_cleanup import Run
from cinestream_scraper.pages.reading import Reading
from cinestream_scraper.pages.targets import Place, place_of
from cinestream_scraper.pages.verdict import Action, Judgement, judge
from cinestream_scraper.politeness.host import Host
from cinestream_scraper.service.service import open_sessions
from cinestream_scraper.settings import ScraperSettings

TARGETS = "tt0111161, chart:top, list:ls055592025, search:TEXT, or the URL of one"


def browser() -> None:
    """Say which browser and driver would be used."""
    settings = load_settings(ScraperSettings)
    installed = local_browser(settings)
    if installed is None:
        typer.echo(f"{settings.scraper_browser} at {masked(settings.selenium_url)}")
    else:
        typer.echo(f"{installed.browser}, driven by {installed.driver}")


def scrape(
    target: Annotated[str, typer.Argument(help=TARGETS)],
    out: Annotated[Path | None, typer.Option(help="Where the page is written; else to the standard output.")] = None,
) -> None:
    """Read one page, without NATS. Exits with 1 when it is not what was asked for; the verdict goes to stderr."""
    settings = load_settings(ScraperSettings)
    configure_logs(settings.log_format, "warning", service="scraper")
    if out and not out.parent.is_dir():
        raise failed(f"{out.parent} is no directory: make it, or name another file")
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
    judgement = judge(reading, Place(request.kind, request.id))
    typer.echo(_words(judgement), err=True)
    if out:
        try:
            out.write_text(reading.html, "utf-8", errors="replace")
        except OSError as error:
            raise failed(f"{out} cannot be written ({error.strerror})") from None
    else:
        typer.echo(reading.html)
    raise typer.Exit(0 if judgement.action is Action.PUBLISH else 1)


def verdict(
    page: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A saved page")],
    url: Annotated[str, typer.Option(help="The address that was asked for")],
    status: Annotated[int, typer.Option(min=100, max=599, help="The HTTP status of the answer")] = 200,
    final_url: Annotated[str, typer.Option(help="The address that answered, if it is another one")] = "",
) -> None:
    """Print the verdict on a saved page; why goes to stderr."""
    asked = place_of(url)
    if asked is None:
        raise failed(f"{url} is the address of neither a title nor a chart, list or search")
    html = saved_text(page.read_bytes())
    judgement = judge(Reading(url, final_url or url, status, html, datetime.now(UTC)), asked)
    typer.echo(judgement.verdict.value)
    typer.echo(judgement.why, err=True)


def local_browser(settings: ScraperSettings) -> Installed | None:
    """The browser of this machine; None if a Selenium server has one.

    Raises:
        typer.Exit: there is none, which is told.
    """
    # Their warnings are about browsers that we end, and that we report ourselves.
    for name in ("selenium", "urllib3"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    if settings.selenium_url:
        return None
    try:
        found = find_browser(settings.scraper_browser)
        if found.kind != settings.scraper_browser:
            typer.echo(
                f"{settings.scraper_browser} is not here with its driver: {found.browser} reads instead", err=True
            )
        return found
    except NoBrowser as error:
        raise failed(str(error)) from None


def begin(settings: ScraperSettings) -> Run:
    """Begin a run of browsers.

    Raises:
        typer.Exit: there is no place for their files, which is told.
    """
    try:
        return Run.begin(settings.scraper_state_dir)
    except OSError as error:
        where = settings.scraper_state_dir
        raise failed(f"{where} cannot be used ({error.strerror}): set CINESTREAM_SCRAPER_STATE_DIR") from None


def failed(text: str) -> typer.Exit:
    """What ends a command that cannot do what it shall: the text on stderr, exit code 1."""
    typer.echo(text, err=True)
    return typer.Exit(1)


async def _scrape(settings: ScraperSettings, installed: Installed | None, run: Run, request: ScrapeRequest) -> Reading:
    url = settings.site.address(request)
    sessions = open_sessions(settings, installed, run)
    async with httpx2.AsyncClient() as client:
        await Host(settings, client).admit(url)
    try:
        return await sessions.read(url, request.kind, request.limit)
    finally:
        await sessions.close()


def _words(judgement: Judgement) -> str:
    return f"{judgement.verdict}: {judgement.why}"
