"""The commands for the login and the settings."""

import typer

from cinestream.commands.language import translate
from cinestream_flow.message import Message
from cinestream_trakt_export.cli.session import user_settings, with_trakt
from cinestream_trakt_export.settings import TraktSettings
from cinestream_trakt_export.trakt.account import account
from cinestream_trakt_export.trakt.client import Trakt

_LOGGED_OUT, _NOBODY = Message("Logged out."), Message("Nobody was logged in.")


def print_settings() -> None:
    """Print the effective settings as JSON, secrets masked."""
    typer.echo(user_settings().model_dump_json(indent=2))


def log_in() -> None:
    """Log in with a code that you type in at Trakt."""

    async def work(trakt: Trakt, _: TraktSettings) -> None:
        code = await trakt.oauth.begin()
        typer.echo(translate("Open {url} and type in {code}", url=code.verification_url, code=code.user_code))
        await trakt.oauth.finish(code)
        typer.echo(translate("Logged in as {slug}.", slug=(await account(trakt)).slug))

    with_trakt(work)


def log_out() -> None:
    """Log out: revoke the login at Trakt and delete it."""

    async def work(trakt: Trakt, _: TraktSettings) -> None:
        typer.echo(translate(_LOGGED_OUT if await trakt.oauth.logout() else _NOBODY))
        if trakt.cache:
            trakt.cache.cache.store.clear()

    with_trakt(work)


def print_account() -> None:
    """Show the account that is logged in, and its time zone."""

    async def work(trakt: Trakt, _: TraktSettings) -> None:
        owner = await account(trakt)
        typer.echo(f"{owner.slug} ({owner.zone.key})")

    with_trakt(work)
