"""The commands `import` and `export`, with their progress."""

import sys
from collections import Counter
from pathlib import Path

import typer

from cinestream.contracts import Invalid
from cinestream.runtime.connected import connected
from cinestream_flow.atomic import replacing
from cinestream_scraper.archive.importer import export_pages, import_pages, size_of
from cinestream_scraper.archive.warc import files_in
from cinestream_scraper.settings import ScraperSettings


async def import_into(settings: ScraperSettings, paths: list[Path]) -> Counter[str]:
    """Import, a bar of bytes on the way, and say what became of the pages; the same is returned.

    Raises:
        Invalid: there is nothing to import.
        Transient: the bus does not answer.
    """
    fates: Counter[str] = Counter()
    files = files_in(paths)
    if not files:
        raise Invalid("there is no .html, .htm, .warc, .warc.gz or .wacz file in what was named")
    async with connected(settings, "cinestream-scraper-import") as bus:
        with typer.progressbar(length=size_of(*files), label="importing", file=sys.stderr) as bar:
            async for read, fates in import_pages(bus, settings.site, files):  # noqa: B007
                bar.update(max(0, read - bar.pos))  # the parts of a package may not be in their order
    for fate, count in sorted(fates.items()):
        typer.echo(f"{fate}: {count:,}")
    return fates


async def export_from(settings: ScraperSettings, out: Path) -> None:
    """Export into a file that is there only when it is whole.

    Raises:
        OSError: it cannot be written.
        Transient: the bus does not answer.
    """
    written = 0
    async with connected(settings, "cinestream-scraper-export") as bus:
        last = (await bus.stream_state("PAGES")).messages
        with replacing(out) as file, typer.progressbar(length=last, label="pages", file=sys.stderr) as bar:
            async for written in export_pages(bus, file):
                bar.update(written - bar.pos)
    typer.echo(f"{out}: {written:,} pages")
