"""The command `cinestream-demo-site`: options, and what goes wrong in one sentence."""

from __future__ import annotations

from typing import Annotated

import typer

from cinestream_demo.films.catalogue import AllFilmsMissing, open_catalogue
from cinestream_demo.pages.faults import UnknownFault, parse_shares
from cinestream_demo.site.serve import PortTaken, listening, serve
from cinestream_demo.site.site import Options, Site

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    host: Annotated[str, typer.Option(envvar="CINESTREAM_DEMO_HOST", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(envvar="CINESTREAM_DEMO_PORT", min=0, max=65535, help="Port to listen on; 0: any free one.")
    ] = 8080,
    films: Annotated[
        int | None, typer.Option(min=1, help="How many; more than are bundled takes the extra all-films.")
    ] = None,
    latency_ms: Annotated[int, typer.Option(min=0, help="Added to each request.")] = 0,
    consent: Annotated[bool, typer.Option(help="Show the consent dialog once per cookie jar.")] = True,
    consent_wall: Annotated[bool, typer.Option("--consent-wall", help="No content before it is answered.")] = False,
    faults: Annotated[str, typer.Option(help="Share of the titles that have a fault: slow=0.1,503=0.1")] = "",
) -> None:
    """A film site with pages of the modern IMDb shape, for running and testing CineStream without IMDb."""
    try:
        options = Options(
            consent="wall" if consent_wall else "dialog" if consent else "off",
            latency=latency_ms / 1000,
            faults=parse_shares(faults),
        )
        site = Site(open_catalogue(films), options)
        bound = listening(host, port)
    except (AllFilmsMissing, UnknownFault, PortTaken) as error:
        typer.echo(f"cinestream-demo-site: {error}", err=True)
        raise typer.Exit(1) from error
    address = f"[{host}]" if ":" in host else host
    typer.echo(f"CineStream demo: {len(site.catalogue)} films on http://{address}:{bound.getsockname()[1]}/")
    serve(site, bound)


def run() -> None:
    """The console command."""
    app()


if __name__ == "__main__":
    run()
