"""`<service> dead-letters list | show | retry | purge`, the commands for the dead letters of a stage."""

from pathlib import Path
from typing import Annotated

import typer

Numbers = Annotated[list[int] | None, typer.Argument(help="Numbers of dead letters, as `list` shows them.")]
Everything = Annotated[bool, typer.Option("--all", help="Select all dead letters of this service.")]
Reason = Annotated[str, typer.Option(help="Select the dead letters whose reason contains this text.")]


def dead_letters_app(stage: str) -> typer.Typer:
    """Return the sub-command for the dead letters of a stage (`scraper`, `etl`)."""
    app = typer.Typer(help="Read, retry or remove messages that could not be handled.", no_args_is_help=True)

    @app.command("list")
    def list_letters(
        reason: Reason = "",
        after: Annotated[int, typer.Option(min=0, help="Start after this number.")] = 0,
        limit: Annotated[int, typer.Option(min=1, help="Show at most this many.")] = 100,
        json: Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")] = False,
    ) -> None:
        """List dead letters, the oldest first: number, time, deliveries, target, reason."""
        from cinestream.commands import letters

        letters.print_list(stage, reason, after=after, limit=limit, json=json)

    @app.command()
    def show(
        number: Annotated[int, typer.Argument(help="Number of a dead letter.")],
        out: Annotated[Path | None, typer.Option(help="Write the original body to this file. A page is HTML.")] = None,
    ) -> None:
        """Show all facts of a dead letter."""
        from cinestream.commands import letters

        letters.show(stage, number, out)

    @app.command()
    def retry(numbers: Numbers = None, everything: Everything = False, reason: Reason = "") -> None:
        """Publish the original messages again, and remove their dead letters."""
        from cinestream.commands import letters

        letters.retry(stage, letters.selection(numbers, everything, reason))

    @app.command()
    def purge(numbers: Numbers = None, everything: Everything = False, reason: Reason = "") -> None:
        """Remove dead letters permanently."""
        from cinestream.commands import letters

        letters.purge(stage, letters.selection(numbers, everything, reason))

    return app
