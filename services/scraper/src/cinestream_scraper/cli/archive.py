"""The commands `import` and `export`, with their progress bars."""

import sys
from collections import Counter
from pathlib import Path

import anyio
import typer

from cinestream.commands.exit_codes import ExitCode
from cinestream.commands.frame import fail
from cinestream.commands.language import translate
from cinestream.contracts import Invalid, Transient
from cinestream.runtime.connected import connected
from cinestream.runtime.logs import configure_logs
from cinestream.runtime.settings import load_settings
from cinestream_flow.atomic import replacing
from cinestream_flow.message import Message, Plural
from cinestream_scraper.archive.exporter import export_pages
from cinestream_scraper.archive.importer import ImportOutcome, import_pages, size_of
from cinestream_scraper.archive.warc import files_in
from cinestream_scraper.settings import ScraperSettings


def import_files(paths: list[Path]) -> None:
    """Import the pages, print how many had each outcome, and exit with 1 if a file is damaged."""
    settings = _settings()
    try:
        outcomes = anyio.run(_import, settings, paths)
    except Transient as error:
        fail(Message("{error}: run the import again to continue", error=error))
    if outcomes[ImportOutcome.UNREADABLE]:
        raise typer.Exit(ExitCode.FAILED)


def export_file(out: Path) -> None:
    """Export the stored pages into a file."""
    try:
        anyio.run(_export, _settings(), out)
    except OSError as error:
        fail(Message("{out} cannot be written ({error})", out=out, error=error.strerror))


def _settings() -> ScraperSettings:
    settings = load_settings(ScraperSettings, translate=translate)
    configure_logs(settings.log_format, settings.log_level, service="scraper")
    return settings


async def _import(settings: ScraperSettings, paths: list[Path]) -> Counter[str]:
    """Import the pages, print how many had each outcome, and return the same.

    Raises:
        Invalid: the paths contain nothing to import.
        Transient: the bus does not answer.
    """
    outcomes: Counter[str] = Counter()
    files = files_in(paths)
    if not files:
        raise Invalid(
            Message("no .html, .htm, .warc, .warc.gz or .wacz file found: name files, or folders that contain some")
        )
    async with connected(settings, "cinestream-scraper-import") as bus:
        with typer.progressbar(length=size_of(*files), label=translate("importing"), file=sys.stderr) as bar:
            async for read_bytes, outcomes in import_pages(bus, settings.site, files):  # noqa: B007
                bar.update(max(0, read_bytes - bar.pos))  # the parts of a package may be out of order
    for outcome, count in sorted(outcomes.items()):
        typer.echo(translate("{outcome}: {count:,}", outcome=translate(outcome), count=count))
    return outcomes


async def _export(settings: ScraperSettings, out: Path) -> None:
    """Export the stored pages into a file, which appears when it is whole.

    Raises:
        OSError: the file cannot be written.
        Transient: the bus does not answer.
    """
    written = 0
    async with connected(settings, "cinestream-scraper-export") as bus:
        last = (await bus.stream_state("PAGES")).messages
        with (
            replacing(out) as file,
            typer.progressbar(length=last, label=translate("exporting"), file=sys.stderr) as bar,
        ):
            async for written in export_pages(bus, file):
                bar.update(written - bar.pos)
    typer.echo(translate(Plural("{out}: {count:,} page", "{out}: {count:,} pages", out=out, count=written)))
