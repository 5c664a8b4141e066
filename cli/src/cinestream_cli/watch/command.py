"""The command `cinestream watch`."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(pretty_exceptions_enable=False)
Names = list[str] | None


@app.command()
def watch(  # noqa: PLR0913 (a command line)
    url: Annotated[
        str, typer.Option(help="Server. Default: CINESTREAM_WATCH_URL, the local run, or http://localhost:3000.")
    ] = "",
    genre: Annotated[Names, typer.Option(help="Genre or theme of a film: Drama, Prison. May be repeated.")] = None,
    theme: Annotated[Names, typer.Option(help="Theme: Prison, Road Trip.")] = None,
    director: Annotated[Names, typer.Option(help="Name or id of a director: nm0001104.")] = None,
    decade: Annotated[Names, typer.Option(help="Decade: 1990s.")] = None,
    tone: Annotated[Names, typer.Option(help="Tone of the plot: Hopeful, Dark.")] = None,
    kind: Annotated[Names, typer.Option(help="Kind: movie, short, tvMovie.")] = None,
    id: Annotated[Names, typer.Option(help="A film: tt0111161.")] = None,
    min_rating: Annotated[float | None, typer.Option(help="Lowest rating.")] = None,
    replay: Annotated[int | None, typer.Option(min=1, help="Start with the last films, each once.")] = None,
    since: Annotated[str, typer.Option(help="Start with films stored since a time: 2026-11-21T08:00:00Z.")] = "",
    earliest: Annotated[bool, typer.Option("--earliest", help="Start with the first stored film.")] = False,
    until: Annotated[str, typer.Option(help="End at `live` (now), at an id, or at a time.")] = "",
    cursor: Annotated[
        Path | None, typer.Option(dir_okay=False, help="File that keeps the position, and from which you continue.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print a line of JSON for each event.")] = False,
) -> None:
    """Show films as they come, and continue after each lost connection. Ctrl-C ends it.

    The same option repeated means "or", different options mean "and". Without a start you see new films only.
    Exits with 3 if a stream with an end has a gap.
    """
    from cinestream_cli.watch import run

    filters = {
        "genre": genre,
        "theme": theme,
        "director": director,
        "decade": decade,
        "tone": tone,
        "kind": kind,
        "id": id,
        "min_rating": [] if min_rating is None else [f"{min_rating:g}"],
    }
    start = run.start(replay, since, earliest=earliest)
    raise typer.Exit(run.run(url, filters, start, until, cursor, json=json))
