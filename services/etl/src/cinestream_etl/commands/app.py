"""`cinestream-etl`: without a command it runs the service.

The work of a command is imported when the command runs, so that `--help` and completion are fast.
"""

from pathlib import Path
from typing import Annotated

import typer

from cinestream.commands.dead_letters import dead_letters_app
from cinestream.commands.service import add_service, settings_to_run

app = typer.Typer(pretty_exceptions_enable=False)
DataSet = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]


def _serve(check: bool) -> None:
    from cinestream_etl.settings import EtlSettings

    if settings := settings_to_run(EtlSettings, check):
        from cinestream.runtime.service import run_service
        from cinestream_etl.service import NEEDS, serve

        run_service("etl", settings, NEEDS, serve)


add_service(
    app,
    _serve,
    help="Turn raw pages into clean, enriched movies. Without a command, run the service until SIGTERM or Ctrl-C.",
)


@app.command()
def parse(
    page: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A saved title page.")],
    url: Annotated[str, typer.Option(help="The requested URL. The page must then belong to that title.")] = "",
    explain: Annotated[
        bool, typer.Option("--explain", help="Print on stderr which layout of the page gave each field.")
    ] = False,
) -> None:
    """Print the movie of a page, as if it were the only known film.

    If the page is not the page of a film, print the reason on stderr and exit with code 1.
    """
    from cinestream_etl.commands.parse import print_movie

    print_movie(page, url, explain=explain)


@app.command()
def reprocess(
    since: Annotated[
        str, typer.Option(help="Read pages that were stored at this time or later (ISO 8601, UTC by default).")
    ],
    id: Annotated[list[str] | None, typer.Option(help="Read only this title. Can be given more than once.")] = None,
) -> None:
    """Read stored pages again with today's parser, publish what really changes, and print the results."""
    from cinestream_etl.commands.reprocess import reprocess_pages

    reprocess_pages(since, id or ())


@app.command()
def load_directors(
    basics: DataSet,
    crew: DataSet,
    ratings: DataSet,
    names: DataSet,
    work_file: Annotated[Path, typer.Option(help="The file that keeps the progress. It is removed at the end.")] = Path(
        "load-directors.sqlite"
    ),
) -> None:
    """Fill the directors' statistics from IMDb's non-commercial data sets.

    The files are title.basics.tsv.gz title.crew.tsv.gz title.ratings.tsv.gz name.basics.tsv.gz, in this order. A film
    whose page was read keeps the facts of its page. If the command is interrupted, run it again to continue.
    """
    from cinestream_etl.commands.director_tables import DataSets
    from cinestream_etl.commands.load_directors import load_data_sets

    load_data_sets(DataSets(basics, crew, ratings, names), work_file)


@app.command()
def tone() -> None:
    """Read lines {"plot": …, "genres": […]} from stdin, and write the tone of each as a line of JSON.

    The answer to an invalid line is Neutral with an "error". The error is also printed on stderr, and the exit code
    is 1.
    """
    from cinestream_etl.commands.tone_lines import print_tones

    print_tones()


app.add_typer(dead_letters_app("etl"), name="dead-letters")
