"""The subcommands of `cinestream`, and the modules that define them."""

from dataclasses import dataclass

_SCRAPER = "cinestream_scraper.cli.app"


@dataclass(frozen=True)
class Entry:
    """A subcommand.

    Attributes:
        name: words that select it, such as "import pages".
        help: one line for the list of commands.
        module: module of the typer application that has the command. It is imported when the command runs.
        path: the command inside of that application. Empty: the whole application.
        extra: extra of cinestream-cli that installs the module. Empty: it is always installed.
        needs: top-level packages that must be installed besides that of the module.
    """

    name: str
    help: str
    module: str
    path: tuple[str, ...] = ()
    extra: str = ""
    needs: tuple[str, ...] = ()


ENTRIES = (
    Entry(
        "run",
        "Run the whole pipeline on this machine, until Ctrl-C.",
        "cinestream_demo.local.__main__",
        extra="run",
        needs=("cinestream_scraper", "cinestream_etl", "cinestream_stream_api"),
    ),
    Entry("status", "Show the progress of the scraper.", _SCRAPER, ("status",), "scraper"),
    Entry("ask", "Request pages of the running scraper.", _SCRAPER, ("enqueue",), "scraper"),
    Entry("scrape", "Read one page, without NATS.", _SCRAPER, ("scrape",), "scraper"),
    Entry("parse", "Parse a saved page, without NATS.", "cinestream_etl.commands.app", ("parse",), "etl"),
    Entry("import pages", "Publish saved pages.", _SCRAPER, ("import",), "scraper"),
    Entry("export pages", "Write the stored pages as a WARC archive.", _SCRAPER, ("export",), "scraper"),
    Entry("remove", "Take films down.", "cinestream_stream_api.__main__", ("remove",), "stream"),
    Entry("dead-letters scraper", "Requests that failed.", _SCRAPER, ("dead-letters",), "scraper"),
    Entry("dead-letters etl", "Pages that failed.", "cinestream_etl.commands.app", ("dead-letters",), "etl"),
    Entry("trakt", "Export a Trakt.tv library for Letterboxd.", "cinestream_trakt_export.__main__", extra="trakt"),
)

GROUPS = {
    "import": "Add data from files.",
    "export": "Write data into files.",
    "dead-letters": "List, show, retry and purge messages that could not be handled.",
}
"""The words that begin several subcommands, each with one line for the list of commands."""
