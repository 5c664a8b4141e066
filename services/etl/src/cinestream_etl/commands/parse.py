"""`cinestream-etl parse`: the movie of a saved page."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import orjson
import typer

from cinestream.commands.language import translate
from cinestream.contracts import Invalid
from cinestream.contracts.request import ScrapeRequest
from cinestream.contracts.saved import saved_text
from cinestream.runtime.settings import load_settings
from cinestream_etl.settings import ToneSettings
from cinestream_etl.stages.film import complete_alone, describe
from cinestream_etl.stages.page import TitlePage, read_page
from cinestream_etl.tone.selection import select_tone_model


def parse_command(
    page: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A saved title page.")],
    url: Annotated[str, typer.Option(help="The requested URL. The page must then belong to that title.")] = "",
    explain: Annotated[
        bool, typer.Option("--explain", help="Print on stderr which layout of the page gave each field.")
    ] = False,
) -> None:
    """Print the movie of a page, as if it were the only known film.

    If the page is not the page of a film, print the reason on stderr and exit with code 1.
    """
    tone_model = select_tone_model(load_settings(ToneSettings).etl_tone_model)
    try:
        requested = ScrapeRequest.of(url).id if url else None
        html = saved_text(page.read_bytes()).encode("utf-8", "replace")
        read = read_page(html, requested=requested, page_time=datetime.now(UTC))
    except (Invalid, ValueError) as error:
        typer.echo(translate("invalid: {error}", error=error), err=True)
        raise typer.Exit(1) from None
    if not read.is_film:
        typer.echo(translate("filtered: {id} is of kind {kind}, not a film", id=read.id, kind=read.kind), err=True)
        raise typer.Exit(1)
    if explain:
        _explain(read)
    movie = complete_alone(describe(read, tone_model)).model_dump(mode="json")
    typer.echo(orjson.dumps(movie, option=orjson.OPT_INDENT_2))


def _explain(page: TitlePage) -> None:
    for field, layout in page.sources.items():
        typer.echo(translate("{field}: {layout}", field=field, layout=layout), err=True)
    for found in page.disagreements:
        values = {"field": found.field, "other": found.other, "believed": found.believed}
        typer.echo(translate("{field}: {other} differs from {believed}, which was believed", **values), err=True)
