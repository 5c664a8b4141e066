"""`cinestream-etl`: without a command it runs the service."""

import typer

from cinestream.commands.dead_letters import dead_letters_app
from cinestream.commands.service import add_service
from cinestream.runtime.service import run_service
from cinestream_etl.commands.load_directors import load_directors_command
from cinestream_etl.commands.parse import parse_command
from cinestream_etl.commands.reprocess import reprocess_command
from cinestream_etl.commands.tone_lines import tone_command
from cinestream_etl.service import NEEDS, serve
from cinestream_etl.settings import EtlSettings

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


add_service(
    app,
    EtlSettings,
    lambda settings: run_service("etl", settings, NEEDS, serve),
    help="Turn raw pages into clean, enriched movies. Without a command, run the service until SIGTERM or Ctrl-C.",
)
app.command("parse")(parse_command)
app.command("reprocess")(reprocess_command)
app.command("load-directors")(load_directors_command)
app.command("tone")(tone_command)
app.add_typer(dead_letters_app("etl"), name="dead-letters")
