"""`cinestream-scraper`: without a command it runs the service.

The work of a command is imported when the command runs, so that `--help` and completion are fast.
"""

from pathlib import Path
from typing import Annotated

import typer

from cinestream.commands.dead_letters import dead_letters_app
from cinestream.commands.service import add_service, settings_to_run
from cinestream.contracts.kinds import MAX_ROWS, Lane

TARGETS = "tt0111161, chart:top, list:ls055592025, search:TEXT, or the URL of one"
app = typer.Typer(pretty_exceptions_enable=False)
letters = dead_letters_app("scraper")


def _serve(check: bool) -> None:
    from cinestream_scraper.settings import ScraperSettings

    if settings := settings_to_run(ScraperSettings, check):
        from cinestream_scraper.cli.serve import serve

        serve(settings)


add_service(
    app, _serve, help="Take scrape requests, read their pages in a real browser and publish them, until stopped."
)


@app.command()
def browser() -> None:
    """Print the browser and the driver that would be used."""
    from cinestream_scraper.cli.local import print_browser

    print_browser()


@app.command()
def scrape(
    target: Annotated[str, typer.Argument(help=TARGETS)],
    out: Annotated[Path | None, typer.Option(help="File to write the page to. Default: the standard output.")] = None,
) -> None:
    """Read one page, without NATS. The verdict goes to stderr. Exits with 1 if the page is not that of the target."""
    from cinestream_scraper.cli.local import print_page

    print_page(target, out)


@app.command()
def verdict(
    page: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A saved page.")],
    url: Annotated[str, typer.Option(help="The address that was opened.")],
    status: Annotated[int, typer.Option(min=100, max=599, help="The HTTP status of the response.")] = 200,
    final_url: Annotated[str, typer.Option(help="The address that answered, if it was another one.")] = "",
) -> None:
    """Print the verdict on a saved page. The reason goes to stderr."""
    from cinestream_scraper.cli.verdict import print_verdict

    print_verdict(page, url, status, final_url)


@app.command()
def enqueue(
    targets: Annotated[list[str], typer.Argument(help=TARGETS)],
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
    from cinestream_scraper.cli.enqueue import print_statuses
    from cinestream_scraper.service.api_request import ApiRequest

    requests = [ApiRequest(target=target, lane=lane, force=force, limit=limit, depth=depth) for target in targets]
    print_statuses(requests)


@app.command("import")
def import_saved(
    paths: Annotated[list[Path], typer.Argument(exists=True, help="HTML files, WARC and WACZ archives, or folders.")],
) -> None:
    """Publish saved pages, classified like those from a browser. Run it again to continue where it ended.

    Exits with 1 if a file is damaged. Its pages before the damage, and the other files, are imported.
    """
    from cinestream_scraper.cli.archive import import_files

    import_files(paths)


@app.command()
def export(
    out: Annotated[Path, typer.Argument(help="The archive to write, for example pages.warc.gz.")],
) -> None:
    """Write the stored raw pages as a WARC archive."""
    from cinestream_scraper.cli.archive import export_file

    export_file(out)


@app.command()
def status(json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """Print what is queued, being read, stored and scheduled, and the state of the scraper at the ops port."""
    from cinestream_scraper.cli.status import print_status

    print_status(json=json)


@letters.command()
def snapshot(
    number: Annotated[int, typer.Argument(help="The number of a letter, as `list` shows it.")],
    out: Annotated[Path, typer.Option(file_okay=False, help="The folder to write into.")] = Path(),
) -> None:
    """Write what a failed page looked like: facts.json, page.html, screenshot.png, console.log."""
    from cinestream_scraper.cli.snapshot import write_snapshot

    write_snapshot(number, out)


app.add_typer(letters, name="dead-letters")
