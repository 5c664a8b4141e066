"""The command `cinestream-trakt`: login, export, verification."""

import os
import sys

import typer
from typer.main import get_command

from cinestream.commands.language import add_catalogue, set_language, translate, translate_help
from cinestream.runtime.logs import configure_logs
from cinestream.runtime.settings import CommonSettings
from cinestream.runtime.settings import load_settings as load_common_settings
from cinestream_flow.message import Message
from cinestream_trakt_export.cli import diagnostics, export, resume
from cinestream_trakt_export.cli.session import with_trakt
from cinestream_trakt_export.settings import TraktSettings, load_settings
from cinestream_trakt_export.trakt.account import account
from cinestream_trakt_export.trakt.client import Trakt

_LOGGED_OUT, _NOBODY = Message("Logged out."), Message("Nobody was logged in.")
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)


@app.callback()
def _about() -> None:
    """Export a Trakt.tv library as files that Letterboxd imports."""
    common = load_common_settings(CommonSettings, translate=translate)
    configure_logs(common.log_format, common.log_level, service="trakt-export")


@app.command()
def settings() -> None:
    """Print the effective settings as JSON, secrets masked."""
    typer.echo(load_settings(translate=translate).model_dump_json(indent=2))


@app.command()
def login() -> None:
    """Log in with a code that you type in at Trakt."""

    async def work(trakt: Trakt, _: TraktSettings) -> None:
        code = await trakt.oauth.begin()
        typer.echo(translate("Open {url} and type in {code}", url=code.verification_url, code=code.user_code))
        await trakt.oauth.finish(code)
        typer.echo(translate("Logged in as {slug}.", slug=(await account(trakt)).slug))

    with_trakt(work)


@app.command()
def logout() -> None:
    """Log out: revoke the login at Trakt and delete it."""

    async def work(trakt: Trakt, _: TraktSettings) -> None:
        typer.echo(translate(_LOGGED_OUT if await trakt.oauth.logout() else _NOBODY))
        if trakt.cache:
            trakt.cache.cache.store.clear()

    with_trakt(work)


@app.command()
def whoami() -> None:
    """Show the account that is logged in, and its time zone."""

    async def work(trakt: Trakt, _: TraktSettings) -> None:
        owner = await account(trakt)
        typer.echo(f"{owner.slug} ({owner.zone.key})")

    with_trakt(work)


export.register(app)
resume.register(app)
diagnostics.register(app)


def main() -> None:
    """Run the command. Its help is shown before the settings are read, so its language is that of the environment."""
    add_catalogue("cinestream_trakt_export")
    set_language(os.environ.get("CINESTREAM_TRAKT_EXPORT__LANGUAGE", "auto"))
    command = get_command(app)
    translate_help(command)
    try:
        command()
    except SystemExit as end:
        sys.exit(translate(end.code) if isinstance(end.code, str) else end.code)


if __name__ == "__main__":
    main()
