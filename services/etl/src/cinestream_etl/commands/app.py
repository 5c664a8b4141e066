"""`cinestream-etl`: without a command it runs the service."""

from typing import Annotated

import typer

from cinestream.bus.dead_letters_app import dead_letters_app
from cinestream.runtime.service import run_service
from cinestream.runtime.settings import load_settings, print_settings
from cinestream_etl.commands.load_directors import load_directors_command
from cinestream_etl.commands.parse import parse_command
from cinestream_etl.commands.reprocess import reprocess_command
from cinestream_etl.commands.tone_lines import tone_command
from cinestream_etl.service import NEEDS, serve
from cinestream_etl.settings import EtlSettings

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.callback(invoke_without_command=True)
def run(
    context: typer.Context,
    check: Annotated[bool, typer.Option("--check", help="Print the effective settings and exit.")] = False,
) -> None:
    """Turn raw pages into clean, enriched movies. Without a command, run the service until SIGTERM or Ctrl-C."""
    if context.invoked_subcommand:
        return
    settings = load_settings(EtlSettings)
    if check:
        print_settings(settings)
    else:
        run_service("etl", settings, NEEDS, serve)


app.command("parse")(parse_command)
app.command("reprocess")(reprocess_command)
app.command("load-directors")(load_directors_command)
app.command("tone")(tone_command)
app.add_typer(dead_letters_app("etl"), name="dead-letters")
