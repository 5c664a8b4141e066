"""The options of the commands beside the export: details of films, the cache, and the health of the exporter."""

from typing import Annotated

import typer

cache_app = typer.Typer(help="Trakt's cached responses.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(details)
    app.command()(health)
    app.add_typer(cache_app, name="cache")


def details(
    ids: Annotated[
        list[str] | None,
        typer.Argument(help="Trakt ids, slugs or IMDb ids. Without any, one per line from standard input."),
    ] = None,
    genre: Annotated[list[str] | None, typer.Option(help="Only films of this genre. Repeat it for more.")] = None,
    status: Annotated[list[str] | None, typer.Option(help="Only films with this status. Repeat it for more.")] = None,
    fail_fast: Annotated[bool, typer.Option("--fail-fast", help="Stop at the first film that cannot be read.")] = False,
) -> None:
    """Print Trakt's details of films as they arrive, one JSON object per line."""
    from cinestream_trakt_export.cli.diagnostics import print_details

    print_details(ids, genre or (), status or (), fail_fast=fail_fast)


def health(json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False) -> None:
    """Show the state of the running service, or of the last run."""
    from cinestream_trakt_export.cli.diagnostics import print_health

    print_health(json=json)


@cache_app.command()
def clear() -> None:
    """Delete all cached responses."""
    from cinestream_trakt_export.cli.diagnostics import clear_cache

    clear_cache()


@cache_app.command()
def stats() -> None:
    """Print the size of the cache, and its use by the running service or the last run, as JSON."""
    from cinestream_trakt_export.cli.diagnostics import print_cache

    print_cache()


@cache_app.command()
def key() -> None:
    """Print a new key for `cache.encryption_key`."""
    from cinestream_trakt_export.cli.diagnostics import print_key

    print_key()
