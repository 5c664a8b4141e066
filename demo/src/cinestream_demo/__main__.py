"""The command `cinestream-demo-site`."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from cinestream_flow.message import Message

_FAILED, _USAGE, _MISSING_DEPENDENCY = 1, 2, 5  # docs/reference/exit-codes.md
app = typer.Typer(pretty_exceptions_enable=False)


@app.command()
def main(  # noqa: PLR0913 (a command line)
    host: Annotated[str, typer.Option(envvar="CINESTREAM_DEMO_HOST", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(envvar="CINESTREAM_DEMO_PORT", min=0, max=65535, help="Port to listen on; 0: any free one.")
    ] = 8080,
    films: Annotated[
        int | None, typer.Option(min=1, help="Number of films; more than the bundled ones need the extra all-films.")
    ] = None,
    latency_ms: Annotated[int, typer.Option(min=0, help="Milliseconds added to each response.")] = 0,
    consent: Annotated[bool, typer.Option(help="Ask each browser for consent once.")] = True,
    consent_wall: Annotated[
        bool, typer.Option("--consent-wall", help="Show no content before consent is answered.")
    ] = False,
    faults: Annotated[str, typer.Option(help="Share of the titles that show a fault: slow=0.1,503=0.1")] = "",
) -> None:
    """Serve a film site with pages of the modern IMDb shape, to run and test CineStream without IMDb."""
    _refuse_unknown_variables()
    # Imported here, so that --help and completion are fast.
    from cinestream_demo.films.catalogue import AllFilmsMissing, open_catalogue
    from cinestream_demo.pages.fault_sampler import parse_shares
    from cinestream_demo.pages.faults import InvalidFault
    from cinestream_demo.site.serve import PortTaken, open_socket, serve
    from cinestream_demo.site.site import DemoSite, SiteOptions

    codes = {AllFilmsMissing: _MISSING_DEPENDENCY, InvalidFault: _USAGE, PortTaken: _FAILED}
    try:
        options = SiteOptions(
            consent="wall" if consent_wall else "dialog" if consent else "off",
            latency=latency_ms / 1000,
            faults=parse_shares(faults),
        )
        site = DemoSite(open_catalogue(films), options)
        listener = open_socket(host, port)
    except (AllFilmsMissing, InvalidFault, PortTaken) as error:
        typer.echo(_translate(Message("cinestream-demo-site: {error}", error=error)), err=True)
        raise typer.Exit(codes[type(error)]) from error
    address = f"[{host}]" if ":" in host else host
    url = f"http://{address}:{listener.getsockname()[1]}/"
    typer.echo(_translate(Message("CineStream demo: {count} films on {url}", count=len(site.catalogue), url=url)))
    serve(site, listener)


def _refuse_unknown_variables() -> None:
    """Exit with 2 if a variable is misspelt. The list of all names is in shared, which the site can do without."""
    try:
        from cinestream.runtime.variables import unknown_variables
    except ModuleNotFoundError:
        return
    if messages := [*unknown_variables(os.environ)]:
        typer.echo("\n".join(map(_translate, messages)), err=True)
        raise typer.Exit(_USAGE)


def _translate(message: Message) -> str:
    try:
        from cinestream.commands.language import translate
    except ModuleNotFoundError:
        return message
    return translate(message)


def run() -> None:
    """Run the command line, in the frame of all commands where that is installed."""
    try:
        from cinestream.commands.frame import Command
    except ModuleNotFoundError:
        app()
    else:
        Command("cinestream-demo-site", "cinestream_demo.__main__:app", distribution="cinestream-demo").run()


if __name__ == "__main__":
    run()
