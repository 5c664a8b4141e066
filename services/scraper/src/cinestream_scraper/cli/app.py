"""The command line of the scraper."""

from pathlib import Path
from typing import Annotated

import anyio
import typer

from cinestream.commands.service import add_service
from cinestream.contracts import Invalid, Lane, ScrapeRequest, Transient
from cinestream.contracts.kinds import MAX_ROWS
from cinestream.runtime.logs import configure_logs
from cinestream.runtime.service import run_service
from cinestream.runtime.settings import load_settings
from cinestream_scraper.archive.importer import ImportOutcome
from cinestream_scraper.cli import archive, dead_letters, local, status
from cinestream_scraper.cli import enqueue as enqueue_command
from cinestream_scraper.cli.local import begin, failed, local_browser
from cinestream_scraper.service.request_api import ApiRequest, RequestStatus
from cinestream_scraper.service.service import NEEDS, Service
from cinestream_scraper.settings import ScraperSettings, StatusSettings

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=False)
app.add_typer(dead_letters.app, name="dead-letters")
for command in (local.browser, local.scrape, local.verdict):
    app.command()(command)


def _run(settings: ScraperSettings) -> None:
    configure_logs(settings.log_format, settings.log_level, service="scraper")
    installed, run = local_browser(settings), begin(settings)
    try:
        run_service("scraper", settings, NEEDS, Service(installed, run).serve)
    finally:
        run.end()


add_service(
    app,
    ScraperSettings,
    _run,
    help="Take scrape requests, read their pages in a real browser and publish them, until stopped.",
)


@app.command()
def enqueue(
    targets: Annotated[list[str], typer.Argument(help=local.TARGETS)],
    lane: Annotated[Lane, typer.Option(help="`now` goes before `crawl`.")] = Lane.CRAWL,
    force: Annotated[bool, typer.Option("--force", help="Read the page even if the stored one is fresh.")] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, max=MAX_ROWS, help="Number of titles to take of each target.")
    ] = None,
    depth: Annotated[int, typer.Option(min=0, max=5, help='Steps of "more like this" from each title.')] = 0,
) -> None:
    """Request pages. Prints for each target if it is queued now, was queued already, is fresh, or is refused and why.

    Exits with 1 if a target is refused.
    """
    settings = load_settings(ScraperSettings)
    configure_logs(settings.log_format, settings.log_level, service="scraper")
    try:
        for target in targets:
            ScrapeRequest.of(target, limit=limit, depth=depth)  # report a mistake before anything is queued
        requests = [ApiRequest(target=target, lane=lane, force=force, limit=limit, depth=depth) for target in targets]
        statuses = anyio.run(enqueue_command.enqueue, settings, requests)
    except (Invalid, Transient) as error:
        raise failed(str(error)) from None
    raise typer.Exit(1 if statuses[RequestStatus.REFUSED] else 0)


@app.command("import")
def import_saved(
    paths: Annotated[list[Path], typer.Argument(exists=True, help="HTML files, WARC and WACZ archives, or folders.")],
) -> None:
    """Publish saved pages, classified like those from a browser. Run it again to continue where it ended.

    Exits with 1 if a file is damaged. Its pages before the damage, and the other files, are imported.
    """
    settings = load_settings(ScraperSettings)
    configure_logs(settings.log_format, settings.log_level, service="scraper")
    try:
        outcomes = anyio.run(archive.import_into, settings, paths)
    except Transient as error:
        raise failed(f"{error}: run the import again to continue") from None
    except Invalid as error:
        raise failed(str(error)) from None
    raise typer.Exit(1 if outcomes[ImportOutcome.UNREADABLE] else 0)


@app.command()
def export(
    out: Annotated[Path, typer.Argument(help="The archive to write, for example pages.warc.gz.")],
) -> None:
    """Write the stored raw pages as a WARC archive."""
    settings = load_settings(ScraperSettings)
    configure_logs(settings.log_format, settings.log_level, service="scraper")
    try:
        anyio.run(archive.export_from, settings, out)
    except OSError as error:
        raise failed(f"{out} cannot be written ({error.strerror})") from None
    except Transient as error:
        raise failed(str(error)) from None


@app.command("status")
def show_status(
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Print what is queued, being read, stored and scheduled, and the state of the scraper at the ops port."""
    settings = load_settings(StatusSettings)
    configure_logs(settings.log_format, settings.log_level, service="scraper")
    try:
        state = anyio.run(status.read, settings)
    except Transient as error:
        raise failed(str(error)) from None
    typer.echo(status.as_json(state) if json else status.as_text(state))
