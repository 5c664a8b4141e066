"""The command line of the scraper."""

from pathlib import Path
from typing import Annotated

import anyio
import typer

from cinestream.commands.service import add_service
from cinestream.contracts import Invalid, Lane, ScrapeRequest, Transient
from cinestream.contracts.request import MAX_ROWS
from cinestream.runtime.logs import configure_logs
from cinestream.runtime.service import run_service
from cinestream.runtime.settings import load_settings
from cinestream_scraper.archive.importer import Fate
from cinestream_scraper.cli import archive, dead_letters, local, status
from cinestream_scraper.cli import enqueue as enqueue_command
from cinestream_scraper.cli.local import begin, failed, local_browser
from cinestream_scraper.service.request_api import Answer, Question
from cinestream_scraper.service.service import NEEDS, Service
from cinestream_scraper.settings import ScraperSettings

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
    help="Take scrape requests, read their pages in a real browser, publish them as raw pages, until told to stop.",
)


@app.command()
def enqueue(
    targets: Annotated[list[str], typer.Argument(help=local.TARGETS)],
    lane: Annotated[Lane, typer.Option(help="`now` goes before the crawl.")] = Lane.CRAWL,
    force: Annotated[bool, typer.Option("--force", help="Read it even when the stored page is fresh.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, max=MAX_ROWS, help="How many titles of each target.")] = None,
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
        answers = anyio.run(enqueue_command.enqueue, settings, questions)
    except (Invalid, Transient) as error:
        raise failed(str(error)) from None
    raise typer.Exit(1 if answers[Answer.REFUSED] else 0)


@app.command("import")
def import_saved(
    paths: Annotated[list[Path], typer.Argument(exists=True, help="HTML files, WARC and WACZ archives, or folders")],
) -> None:
    """Publish saved pages, through the same verdicts; again, to go on where it ended.

    Exits with 1 when a file is damaged; what is good of it, and the other files, are imported.
    """
    settings = load_settings(ScraperSettings)
    configure_logs(settings.log_format, settings.log_level, service="scraper")
    try:
        fates = anyio.run(archive.import_into, settings, paths)
    except Transient as error:
        raise failed(f"{error}: import again to go on") from None
    except Invalid as error:
        raise failed(str(error)) from None
    raise typer.Exit(1 if fates[Fate.UNREADABLE] else 0)


@app.command()
def export(
    out: Annotated[Path, typer.Argument(help="The archive to write, as in pages.warc.gz")],
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
    json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """Say what is queued, in hand and stored, what is scheduled, and how the scraper at the ops port is."""
    settings = load_settings(ScraperSettings)
    configure_logs(settings.log_format, settings.log_level, service="scraper")
    try:
        now = anyio.run(status.read, settings)
    except Transient as error:
        raise failed(str(error)) from None
    typer.echo(status.as_json(now) if json else status.as_text(now))
