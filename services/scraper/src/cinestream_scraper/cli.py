"""The command line of the scraper."""

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import anyio
import httpx2
import typer

from cinestream.contracts import Invalid, Lane, ScrapeRequest, Transient
from cinestream.runtime.logs import configure_logs
from cinestream.runtime.service import run_service
from cinestream.runtime.settings import load_settings, print_settings
from cinestream_scraper import enqueueing, letters, status, transfer
from cinestream_scraper.asking import Answer, Question
from cinestream_scraper.host import Host
from cinestream_scraper.installed import Installed, NoBrowser, find_browser
from cinestream_scraper.leftovers import Run
from cinestream_scraper.reading import Reading
from cinestream_scraper.service import NEEDS, Service, open_sessions
from cinestream_scraper.settings import ScraperSettings
from cinestream_scraper.targets import Place, place_of
from cinestream_scraper.verdict import Action, Judgement, judge

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=False)
_TARGETS = "tt0111161, chart:top, list:ls055592025, search:TEXT, or the URL of one"
app.add_typer(letters.app, name="dead-letters")


@app.callback(invoke_without_command=True)
def service(
    context: typer.Context,
    check: Annotated[bool, typer.Option("--check", help="Print the effective settings and exit.")] = False,
) -> None:
    """Take scrape requests, read their pages in a real browser, publish them as raw pages, until told to stop."""
    if context.invoked_subcommand:
        return
    settings = load_settings(ScraperSettings)
    if check:
        print_settings(settings)
        return
    configure_logs(settings.log_format, settings.log_level, service="scraper")
    installed = _browser(settings)
    run = _begin(settings)
    try:
        run_service("scraper", settings, NEEDS, Service(installed, run).serve)
    finally:
        run.end()


@app.command()
def browser() -> None:
    """Say which browser and driver would be used."""
    settings = load_settings(ScraperSettings)
    installed = _browser(settings)
    if installed is None:
        typer.echo(f"{settings.scraper_browser} at {settings.selenium_url}")
    else:
        typer.echo(f"{installed.browser}, driven by {installed.driver}")


@app.command()
def enqueue(
    targets: Annotated[list[str], typer.Argument(help=_TARGETS)],
    lane: Annotated[Lane, typer.Option(help="`now` goes before the crawl.")] = Lane.CRAWL,
    force: Annotated[bool, typer.Option("--force", help="Read it even when the stored page is fresh.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="How many titles of each page.")] = None,
    depth: Annotated[int, typer.Option(min=0, max=5, help='Steps of "more like this" from each title.')] = 0,
) -> None:
    """Ask for pages; says for each target whether it is queued now, was already, is fresh, or refused and why.

    Exits with 1 when one is refused.
    """
    settings = load_settings(ScraperSettings)
    configure_logs(settings.log_format, settings.log_level, service="scraper")
    try:
        for target in targets:
            ScrapeRequest.of(target, limit=limit, depth=depth)  # a mistake is told before anything is queued
        questions = [Question(target=target, lane=lane, force=force, limit=limit, depth=depth) for target in targets]
        answers = anyio.run(enqueueing.enqueue, settings, questions)
    except (Invalid, Transient) as error:
        raise _fail(str(error)) from None
    raise typer.Exit(1 if answers[Answer.REFUSED] else 0)


@app.command("import")
def import_saved(
    paths: Annotated[list[Path], typer.Argument(exists=True, help="HTML files, WARC and WACZ archives, or folders")],
) -> None:
    """Publish saved pages, through the same verdicts; again, to go on where it ended."""
    settings = load_settings(ScraperSettings)
    configure_logs(settings.log_format, settings.log_level, service="scraper")
    try:
        anyio.run(transfer.import_into, settings, paths)
    except Transient as error:
        raise _fail(f"{error}: import again to go on") from None


@app.command()
def export(
    out: Annotated[Path, typer.Argument(help="The archive to write, as in pages.warc.gz")],
) -> None:
    """Write the stored raw pages as a WARC archive."""
    settings = load_settings(ScraperSettings)
    configure_logs(settings.log_format, settings.log_level, service="scraper")
    try:
        anyio.run(transfer.export_from, settings, out)
    except (OSError, Transient) as error:
        raise _fail(str(error)) from None


@app.command("status")
def show_status(
    json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """Say what is queued, in hand and stored, what is scheduled, and how the scraper at the ops port is."""
    settings = load_settings(ScraperSettings)
    configure_logs(settings.log_format, settings.log_level, service="scraper")
    try:
        now = anyio.run(status.read, settings)
    except KeyError as error:
        raise _fail(f"{error} (is the topology declared? cinestream-topology does it)") from None
    except Transient as error:
        raise _fail(str(error)) from None
    typer.echo(status.as_json(now) if json else status.as_text(now))


@app.command()
def scrape(
    target: Annotated[str, typer.Argument(help=_TARGETS)],
    out: Annotated[Path | None, typer.Option(help="Where the page is written; else to the standard output.")] = None,
) -> None:
    """Read one page, without NATS. Exits with 1 when it is not what was asked for; the verdict goes to stderr."""
    settings = load_settings(ScraperSettings)
    configure_logs(settings.log_format, "warning", service="scraper")
    installed, run = _browser(settings), _begin(settings)
    try:
        request = ScrapeRequest.of(target)
        reading = anyio.run(_scrape, settings, installed, run, request)
        settings.site.require_allowed(reading.final_url)
    except (Invalid, Transient) as error:
        raise _fail(str(error)) from None
    finally:
        run.end()
    judgement = judge(reading, Place(request.kind, request.id))
    typer.echo(_words(judgement), err=True)
    if out:
        out.write_text(reading.html, "utf-8")
    else:
        typer.echo(reading.html)
    raise typer.Exit(0 if judgement.action is Action.PUBLISH else 1)


@app.command()
def verdict(
    page: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A saved page")],
    url: Annotated[str, typer.Option(help="The address that was asked for")],
    status: Annotated[int, typer.Option(min=100, max=599, help="The HTTP status of the answer")] = 200,
    final_url: Annotated[str, typer.Option(help="The address that answered, if it is another one")] = "",
) -> None:
    """Print the verdict on a saved page; why goes to stderr."""
    asked = place_of(url)
    if asked is None:
        raise _fail(f"{url} is the address of neither a title nor a chart, list or search")
    html = page.read_text("utf-8", "replace")
    judgement = judge(Reading(url, final_url or url, status, html, datetime.now(UTC)), asked)
    typer.echo(judgement.verdict.value)
    typer.echo(judgement.why, err=True)


def _browser(settings: ScraperSettings) -> Installed | None:
    """The browser of this machine; None if a Selenium server has one."""
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
        raise _fail(str(error)) from None


def _begin(settings: ScraperSettings) -> Run:
    try:
        return Run.begin(settings.scraper_state_dir)
    except OSError as error:
        where = settings.scraper_state_dir
        raise _fail(f"{where} cannot be used ({error.strerror}): set CINESTREAM_SCRAPER_STATE_DIR") from None


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


def _fail(text: str) -> typer.Exit:
    typer.echo(text, err=True)
    return typer.Exit(1)
