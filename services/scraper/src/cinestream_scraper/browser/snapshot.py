"""The snapshot of a failed page: a ZIP of `facts.json`, `page.html`, `screenshot.png` and `console.log`."""

import zipfile
from io import BytesIO
from pathlib import Path

import orjson

from cinestream.contracts import Invalid
from cinestream.contracts.page import MAX_PAGE_BYTES
from cinestream_scraper.pages.reading import Reading

_MOST_SCREENSHOT = 4_000_000
_FILES = ("facts.json", "page.html", "screenshot.png", "console.log")
_MOST_BYTES = MAX_PAGE_BYTES + _MOST_SCREENSHOT + 1_000_000


def pack(reading: Reading, why: str) -> bytes:
    """The snapshot of a reading. A page is cut at `MAX_PAGE_BYTES`, a screenshot of over 4 MB left out."""
    evidence = reading.evidence
    facts = {
        "url": reading.url,
        "final_url": reading.final_url,
        "status": reading.status,
        "retry_after": reading.retry_after,
        "read_at": reading.read_at,
        "why": why,
        "timing": evidence.timing if evidence else {},
    }
    files = {
        "facts.json": orjson.dumps(facts, option=orjson.OPT_INDENT_2),
        "page.html": reading.html.encode("utf-8", "replace")[:MAX_PAGE_BYTES],
    }
    if evidence:
        files["console.log"] = "\n".join(evidence.console).encode("utf-8", "replace")
        if 0 < len(evidence.screenshot) <= _MOST_SCREENSHOT:
            files["screenshot.png"] = evidence.screenshot
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return packed.getvalue()


def unpack(packed: bytes) -> dict[str, bytes]:
    """The files of a snapshot, by name; no others than those that `pack` makes.

    Raises:
        Invalid: it is none, or larger than one can be.
    """
    try:
        with zipfile.ZipFile(BytesIO(packed)) as archive:
            entries = [entry for entry in archive.infolist() if entry.filename in _FILES]
            if sum(entry.file_size for entry in entries) > _MOST_BYTES:
                raise Invalid("the snapshot is larger than one can be")
            return {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, EOFError, ValueError) as error:
        raise Invalid(f"the snapshot cannot be read: {error}") from error


def write(files: dict[str, bytes], folder: Path) -> list[Path]:
    """Write the files into a folder, which is made; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in files.items():
        (folder / name).write_bytes(body)
    return [folder / name for name in files]
