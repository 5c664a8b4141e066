"""`cinestream-trakt`: log in, export, verify."""

import os
import sys
from functools import partial
from typing import Any

import typer
from typer.exceptions import TyperException
from typer.main import get_command

from cinestream.runtime.logs import configure_logs
from cinestream.runtime.settings import CommonSettings
from cinestream.runtime.settings import load_settings as load_common_settings
from cinestream_trakt_export.cli import diagnostics, export, resume
from cinestream_trakt_export.cli.session import with_trakt
from cinestream_trakt_export.i18n.french_help import headings_in_french, in_french
from cinestream_trakt_export.i18n.messages import say, speak, spoken, told
from cinestream_trakt_export.settings import TraktSettings, load_settings
from cinestream_trakt_export.trakt.account import account
from cinestream_trakt_export.trakt.client import Trakt

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)


@app.callback()
def _about() -> None:
    """Export a Trakt.tv library as files that Letterboxd imports."""
    common = load_common_settings(CommonSettings, translate=told)
    configure_logs(common.log_format, common.log_level, service="trakt-export")


@app.command()
def settings() -> None:
    """Print the effective settings as JSON, secrets masked."""
    typer.echo(load_settings().model_dump_json(indent=2))


@app.command()
def login() -> None:
    """Log in: shows a code to type in at Trakt, and waits for it."""

    async def work(trakt: Trakt, _: TraktSettings) -> None:
        code = await trakt.oauth.begin()
        typer.echo(say("login.open", url=code.verification_url, code=code.user_code))
        await trakt.oauth.finish(code)
        typer.echo(say("login.done", slug=(await account(trakt)).slug))

    with_trakt(work)


@app.command()
def logout() -> None:
    """Revoke the login at Trakt, and forget it."""

    async def work(trakt: Trakt, _: TraktSettings) -> None:
        typer.echo(say("logout.done" if await trakt.oauth.logout() else "logout.nobody"))
        if trakt.cache:
            trakt.cache.cache.store.clear()

    with_trakt(work)


@app.command()
def whoami() -> None:
    """Say who is logged in, and the account's time zone."""

    async def work(trakt: Trakt, _: TraktSettings) -> None:
        owner = await account(trakt)
        typer.echo(f"{owner.slug} ({owner.zone.key})")

    with_trakt(work)


export.register(app)
resume.register(app)
diagnostics.register(app)


def main() -> None:
    """Entry point of the command. Its help is there before the settings are: it goes by the environment."""
    speak(os.environ.get("CINESTREAM_TRAKT_EXPORT__LANGUAGE", "auto"))
    command = get_command(app)
    try:
        _in_french(command) if spoken() == "fr" else command()
    except SystemExit as end:
        sys.exit(told(end.code) if isinstance(end.code, str) else end.code)


def _in_french(command: Any) -> None:
    """Run it, with what typer says on its own in French, too."""
    in_french(command)
    headings_in_french()
    try:
        sys.exit(command(standalone_mode=False))
    except typer.Abort:
        sys.exit(say("aborted"))
    except TyperException as error:
        french: Any = error  # typer's own kind of it is private
        french.format_message = partial(told, error.format_message())
        from typer import rich_utils  # which took long to import, and is wanted here alone

        rich_utils.rich_format_error(french)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
