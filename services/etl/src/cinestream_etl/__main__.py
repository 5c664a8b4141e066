"""`cinestream-etl`: without a command the service; the commands are small tools around it."""

import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import anyio
import orjson
import typer

from cinestream.bus.dead_letters_app import dead_letters_app
from cinestream.bus.topology import DIRECTOR_STATS, MOVIES, PAGES
from cinestream.contracts import Invalid, Transient
from cinestream.contracts.request import ScrapeRequest
from cinestream.contracts.saved import saved_text
from cinestream.runtime.connected import connected
from cinestream.runtime.logs import configure_logs
from cinestream.runtime.service import Needs, run_service
from cinestream.runtime.settings import BusSettings, load_settings, print_settings
from cinestream_etl.commands.director_tables import DataSets
from cinestream_etl.commands.load_directors import load_directors
from cinestream_etl.commands.reprocess import reprocess
from cinestream_etl.commands.tone_lines import tone_lines
from cinestream_etl.settings import EtlSettings, ToneSettings
from cinestream_etl.stages.film import Filtered, only_film, read_page
from cinestream_etl.store.settle import DURABLE, serve

NEEDS = Needs(streams=(PAGES, MOVIES, DIRECTOR_STATS), consumers=(f"{PAGES}/{DURABLE}",))
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.add_typer(dead_letters_app("etl"), name="dead-letters")


@app.callback(invoke_without_command=True)
def run(
    context: typer.Context,
    check: Annotated[bool, typer.Option("--check", help="Print the effective settings and exit.")] = False,
) -> None:
    """Raw pages in, clean and enriched movies out. Runs until SIGTERM or Ctrl-C."""
    if context.invoked_subcommand:
        return
    settings = load_settings(EtlSettings)
    if check:
        print_settings(settings)
    else:
        run_service("etl", settings, NEEDS, serve)


@app.command()
def parse(
    page: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A saved title page.")],
    url: Annotated[str, typer.Option(help="The URL it was asked for; the page must then be that title's.")] = "",
    explain: Annotated[
        bool, typer.Option("--explain", help="Say on stderr which layout of the page gave each field.")
    ] = False,
) -> None:
    """Print the movie that a page becomes, as if it were the only known film; or say why it is none, and exit 1."""
    hear = load_settings(ToneSettings).hear()
    try:
        requested = ScrapeRequest.of(url).id if url else None
        html = saved_text(page.read_bytes()).encode("utf-8", "replace")
        read = read_page(html, requested=requested, page_time=datetime.now(UTC), hear=hear)
    except (Invalid, ValueError) as error:
        typer.echo(f"invalid: {error}", err=True)
        raise typer.Exit(1) from None
    if isinstance(read, Filtered):
        typer.echo(f"filtered: {read.id} is of kind {read.kind}, not a film", err=True)
        raise typer.Exit(1)
    for field, layout in read.sources.items() if explain else ():
        typer.echo(f"{field}: {layout}", err=True)
    for found in read.disagreements if explain else ():
        typer.echo(f"{found.field}: {found.other} says something else than {found.believed}", err=True)
    movie = only_film(read).model_dump(mode="json")
    typer.echo(orjson.dumps(movie, option=orjson.OPT_INDENT_2))


@app.command(name="reprocess")
def reprocess_pages(
    since: Annotated[str, typer.Option(help="Pages stored at this time (ISO 8601; UTC if it says no zone) or later.")],
    id: Annotated[list[str] | None, typer.Option(help="Only this title; can be given more than once.")] = None,
) -> None:
    """Read stored pages again through today's parser; only what really changes is published. Prints the results."""
    settings = load_settings(EtlSettings)
    configure_logs(settings.log_format, settings.log_level, service="reprocess")

    async def run() -> Counter[str]:
        moment = datetime.fromisoformat(since)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        ids = [ScrapeRequest.of(title).id for title in id or ()]
        async with connected(settings, "cinestream-etl-reprocess") as bus:
            return await reprocess(bus, since=moment, ids=ids, hear=settings.hear())

    try:
        typer.echo(orjson.dumps(anyio.run(run)))
    except (Invalid, Transient, ValueError) as error:
        typer.echo(f"reprocess: {error}", err=True)
        raise typer.Exit(1) from None


DataSet = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]


@app.command(name="load-directors")
def load_directors_of_data_sets(
    basics: DataSet,
    crew: DataSet,
    ratings: DataSet,
    names: DataSet,
    work_file: Annotated[Path, typer.Option(help="Where it is kept how far this has come; removed at the end.")] = Path(
        "load-directors.sqlite"
    ),
) -> None:
    """Fill the directors' statistics from IMDb's non-commercial data sets; run it again to go on where it was.

    The files are title.basics.tsv.gz title.crew.tsv.gz title.ratings.tsv.gz name.basics.tsv.gz, in this order. A film
    that a page was read of stays as the page said.
    """
    settings = load_settings(BusSettings)
    configure_logs(settings.log_format, settings.log_level, service="load-directors")

    def report(step: str, done: int) -> None:
        typer.echo(f"{step}: {done:,}", err=True)

    async def run() -> int:
        async with connected(settings, "cinestream-etl-load-directors") as bus:
            files = DataSets(basics, crew, ratings, names)
            return await load_directors(bus, files, work_file=work_file, report=report)

    try:
        typer.echo(orjson.dumps({"directors": anyio.run(run)}))
    except (Invalid, Transient) as error:
        typer.echo(f"load-directors: {error}", err=True)
        raise typer.Exit(1) from None


@app.command(name="tone")
def tone_of_lines() -> None:
    """Read lines {"plot": …, "genres": […]} from stdin, and write the tone of each as a line of JSON.

    A line that cannot be read is answered too, as Neutral with its "error", and named on stderr; the exit code is 1.
    """
    faults = 0
    for answer, fault in tone_lines(sys.stdin.buffer, load_settings(ToneSettings).hear()):
        sys.stdout.buffer.write(answer)
        sys.stdout.buffer.flush()
        if fault:
            faults += 1
            typer.echo(f"invalid: {fault}", err=True)
    if faults:
        raise typer.Exit(1)


def main() -> None:
    """Entry point of the command."""
    app()


if __name__ == "__main__":
    main()
