"""The subcommands of `cinestream`, and the modules that define them."""

from dataclasses import dataclass

_SCRAPER = "cinestream_scraper.cli.app"
_ETL = "cinestream_etl.commands.app"


@dataclass(frozen=True)
class Entry:
    """A subcommand.

    Attributes:
        name: name of the subcommand.
        help: one line for the list of commands.
        module: module of the typer application that has the command. It is imported when the command runs.
        path: the command inside of that application. Empty: the whole application.
        extra: extra of cinestream-cli that installs the module. Empty: it is always installed.
        group: the word before the name, such as "import" in `import pages`.
        needs: top-level packages that must be installed besides that of the module.
        language: environment variable that sets the language of this command alone.
    """

    name: str
    help: str
    module: str
    path: tuple[str, ...] = ()
    extra: str = ""
    group: str = ""
    needs: tuple[str, ...] = ()
    language: str = ""

    @property
    def words(self) -> str:
        """The words that select the subcommand."""
        return f"{self.group} {self.name}".lstrip()


ENTRIES = (
    Entry(
        "run",
        "Run the whole pipeline on this machine, until Ctrl-C.",
        "cinestream_demo.local.app",
        extra="run",
        needs=("cinestream_scraper", "cinestream_etl", "cinestream_stream_api"),
    ),
    Entry("status", "Show the progress of the scraper.", _SCRAPER, ("status",), "scraper"),
    Entry("watch", "Follow the stream of films in the terminal.", "cinestream_cli.watch.command"),
    Entry("ask", "Request pages of the running scraper.", _SCRAPER, ("enqueue",), "scraper"),
    Entry("scrape", "Read one page, without NATS.", _SCRAPER, ("scrape",), "scraper"),
    Entry("parse", "Parse a saved page, without NATS.", _ETL, ("parse",), "etl"),
    Entry("pages", "Publish saved pages.", _SCRAPER, ("import",), "scraper", "import"),
    Entry("pages", "Write the stored pages as a WARC archive.", _SCRAPER, ("export",), "scraper", "export"),
    Entry("remove", "Take films down.", "cinestream_stream_api.commands.app", ("remove",), "stream"),
    Entry("scraper", "Requests that failed.", _SCRAPER, ("dead-letters",), "scraper", "dead-letters"),
    Entry("etl", "Pages that failed.", _ETL, ("dead-letters",), "etl", "dead-letters"),
    Entry("doctor", "Check this machine, the settings, NATS and the pipeline.", "cinestream_cli.doctor.command"),
    Entry(
        "trakt",
        "Export a Trakt.tv library for Letterboxd.",
        "cinestream_trakt_export.cli.app",
        extra="trakt",
        language="CINESTREAM_TRAKT_EXPORT__LANGUAGE",
    ),
)
"""The subcommands, in the order in which they are listed."""

GROUPS = {
    "import": "Add data from files.",
    "export": "Write data into files.",
    "dead-letters": "List, show, retry and purge messages that failed.",
}
"""The words that begin several subcommands, each with one line for the list of commands."""
