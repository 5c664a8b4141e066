"""The commands `import` and `export`, with their progress."""

import sys
from collections import Counter
from pathlib import Path

import typer

from cinestream.runtime.connected import connected
from cinestream_scraper.archives import files_in
from cinestream_scraper.importing import export_pages, import_pages
from cinestream_scraper.settings import ScraperSettings


async def import_into(settings: ScraperSettings, paths: list[Path]) -> None:
    """Import, a bar of files on the way, and say what became of the pages."""
    fates: Counter[str] = Counter()
    async with connected(settings, "cinestream-scraper-import") as bus:
        with typer.progressbar(length=len(files_in(paths)), label="files", file=sys.stderr) as bar:
            async for fates in import_pages(bus, settings.site, paths):  # noqa: B007
                bar.update(1)
    for fate, count in sorted(fates.items()):
        typer.echo(f"{fate}: {count:,}")


async def export_from(settings: ScraperSettings, out: Path) -> None:
    """Export into a file that is there only when it is whole."""
    part, written = out.with_name(f"{out.name}.part"), 0
    async with connected(settings, "cinestream-scraper-export") as bus:
        last = (await bus.stream_state("PAGES")).messages
        with part.open("wb") as file, typer.progressbar(length=last, label="pages", file=sys.stderr) as bar:
            async for written in export_pages(bus, file):
                bar.update(written - bar.pos)
    part.replace(out)
    typer.echo(f"{out}: {written:,} pages")
