"""The commands for what was interrupted: `operations` and `resume`."""

from typing import Annotated

import typer

from cinestream_flow.operations import UnfinishedOperation, forget, unfinished_operations
from cinestream_trakt_export.cli.batch import export_lists, tell
from cinestream_trakt_export.cli.language import translate
from cinestream_trakt_export.cli.progress import print_operations
from cinestream_trakt_export.cli.session import our_stream, spoken_settings, with_trakt
from cinestream_trakt_export.library.request import Request
from cinestream_trakt_export.settings import TraktSettings
from cinestream_trakt_export.trakt.account import Account, account
from cinestream_trakt_export.trakt.client import Trakt


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(resume)
    app.command(name="operations")(list_operations)


def resume() -> None:
    """Finish the exports that were interrupted, as they were begun."""

    async def work(trakt: Trakt, settings: TraktSettings) -> None:
        owner = await account(trakt)
        found = [operation for operation in unfinished_operations(settings.checkpoints.dir) if not operation.running]
        problems = [_problem(operation, owner, settings) for operation in found]
        requests = [Request.of(one.identity) for one, problem in zip(found, problems, strict=True) if not problem]
        for problem in filter(None, problems):
            typer.echo(problem, err=True)
        if requests:
            async with our_stream(requests) as known:
                await export_lists(trakt, settings, owner, requests, known, report=tell)
        if any(problems):
            raise typer.Exit(1)
        if not requests:
            typer.echo(translate("Nothing was interrupted."))

    with_trakt(work)


def _problem(operation: UnfinishedOperation, owner: Account, settings: TraktSettings) -> str:
    """Why this account cannot finish an operation; empty when it can."""
    if operation.error:
        return translate(operation.error)
    for name, ours in (("account", owner.slug), ("api", settings.api.url)):
        if (whose := operation.identity[name]) != ours:
            return translate(
                "{name} belongs to {account}, not to {slug}", name=operation.path.stem, account=whose, slug=ours
            )
    return ""


def list_operations(
    forgotten: Annotated[str, typer.Option("--forget", help="Remove the one with this name instead.")] = "",
) -> None:
    """List the exports that were interrupted, and how far they are."""
    found = [*unfinished_operations(spoken_settings().checkpoints.dir)]
    if forgotten:
        named = [operation for operation in found if operation.path.stem == forgotten and not operation.running]
        if not named:
            typer.echo(translate("there is no operation {name}", name=forgotten), err=True)
            raise typer.Exit(1)
        forget(named[0])
        typer.echo(translate("{name} is forgotten.", name=forgotten))
    elif found:
        print_operations(found)
    else:
        typer.echo(translate("Nothing was interrupted."))
