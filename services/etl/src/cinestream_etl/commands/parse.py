"""`cinestream-etl parse`: the movie of a saved page."""

from datetime import UTC, datetime
from pathlib import Path

import orjson
import typer

from cinestream.commands.frame import fail
from cinestream.commands.language import translate
from cinestream.contracts import Invalid
from cinestream.contracts.request import ScrapeRequest
from cinestream.contracts.saved import saved_text
from cinestream.runtime.settings import load_settings
from cinestream_etl.settings import ToneSettings
from cinestream_etl.stages.film import complete_alone, describe
from cinestream_etl.stages.page import TitlePage, read_page
from cinestream_etl.tone.selection import select_tone_model
from cinestream_flow.message import Message


def print_movie(page: Path, url: str, *, explain: bool) -> None:
    """Print the movie of a page, as if it were the only known film.

    Args:
        page: File of a saved title page.
        url: The requested URL, or an empty text to accept a page of any title.
        explain: True prints to stderr which layout of the page gave each field.
    """
    tone_model = select_tone_model(load_settings(ToneSettings, translate=translate).etl_tone_model)
    try:
        requested = ScrapeRequest.of(url).id if url else None
        html = saved_text(page.read_bytes()).encode("utf-8", "replace")
        read = read_page(html, requested=requested, page_time=datetime.now(UTC))
    except (Invalid, ValueError) as error:
        fail(Message("invalid: {error}", error=error))
    if not read.is_film:
        fail(Message("filtered: {id} is of kind {kind}, not a film", id=read.id, kind=read.kind))
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
