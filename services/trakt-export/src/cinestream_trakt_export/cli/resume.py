"""The work of the commands for interrupted exports: `operations` and `resume`."""

import typer

from cinestream.commands.frame import fail
from cinestream.commands.language import translate
from cinestream_flow.message import Message
from cinestream_flow.operations import UnfinishedOperation, forget, unfinished_operations
from cinestream_trakt_export.cli.batch import Batch, report_to_terminal
from cinestream_trakt_export.cli.progress import print_operations
from cinestream_trakt_export.cli.session import stream_lookup, user_settings, with_trakt
from cinestream_trakt_export.library.request import Request
from cinestream_trakt_export.settings import TraktSettings
from cinestream_trakt_export.trakt.account import Account, account
from cinestream_trakt_export.trakt.client import Trakt


def resume_exports() -> None:
    """Finish the interrupted exports, with the options they were started with."""

    async def work(trakt: Trakt, settings: TraktSettings) -> None:
        owner = await account(trakt)
        interrupted = [
            operation for operation in unfinished_operations(settings.checkpoints.dir) if not operation.running
        ]
        refusals = [_refusal(operation, owner, settings) for operation in interrupted]
        for refusal in filter(None, refusals):
            typer.echo(refusal, err=True)
        usable = [operation for operation, refusal in zip(interrupted, refusals, strict=True) if not refusal]
        requests = [Request.of(operation.identity) for operation in usable]
        if requests:
            async with stream_lookup(requests) as stream:
                await Batch(trakt, settings, owner, stream).run(requests, report_to_terminal)
        if any(refusals):
            raise typer.Exit(1)
        if not requests:
            typer.echo(translate("Nothing was interrupted."))

    with_trakt(work)


def _refusal(operation: UnfinishedOperation, owner: Account, settings: TraktSettings) -> str:
    """Return the reason why this account cannot finish an operation. Return an empty text if it can."""
    if operation.error:
        return translate(operation.error)
    for name, own in (("account", owner.slug), ("api", settings.api.url)):
        if (other := operation.identity[name]) != own:
            return translate(
                "{path} belongs to {others}, not to {ours}", path=operation.path.stem, others=other, ours=own
            )
    return ""


def forget_operation(name: str) -> None:
    """Delete an interrupted export by its name."""
    unfinished = unfinished_operations(user_settings().checkpoints.dir)
    named = [operation for operation in unfinished if operation.path.stem == name and not operation.running]
    if not named:
        fail(Message("there is no operation {name}", name=name))
    forget(named[0])
    typer.echo(translate("{name} is deleted.", name=name))


def list_operations() -> None:
    """Print the interrupted exports and their progress."""
    if unfinished := [*unfinished_operations(user_settings().checkpoints.dir)]:
        print_operations(unfinished)
    else:
        typer.echo(translate("Nothing was interrupted."))
