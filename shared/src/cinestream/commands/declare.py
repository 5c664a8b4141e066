"""`cinestream-topology`, which creates and updates the streams, consumers and buckets of `cinestream.bus.topology`.

It runs once and is idempotent. It has a NATS user of its own: a user that may update a stream may also destroy it, so
no service has this right.
"""

from typing import Annotated

import typer

from cinestream.commands.frame import Command
from cinestream.commands.service import Check, settings_to_run

app = typer.Typer(pretty_exceptions_enable=False)


@app.command()
def topology_command(
    check: Check = False,
    table: Annotated[bool, typer.Option("--table", help="Print the topology as a Markdown table and exit.")] = False,
) -> None:
    """Create or update the streams, consumers and buckets of CineStream, then exit."""
    if table:
        from cinestream.bus import topology
        from cinestream.commands.language import translate
        from cinestream.runtime.settings import CommonSettings, load_settings

        load_settings(CommonSettings, translate=translate)
        typer.echo(topology.table(), nl=False)
        return
    from cinestream.commands.streams import TopologySettings, declare_streams

    if settings := settings_to_run(TopologySettings, check):
        declare_streams(settings)


def main() -> None:
    """Run the command."""
    Command("cinestream-topology", "cinestream.commands.declare:app", distribution="cinestream").run()
