"""Saved pages, from wherever: HTML files, WARC archives (ISO 28500) and WACZ packages, by warcio.

Nothing is read into memory but one page at a time.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, NamedTuple

from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]
from warcio.exceptions import ArchiveLoadFailed  # type: ignore[import-untyped]
from warcio.recordloader import ArcWarcRecord  # type: ignore[import-untyped]

from cinestream.contracts.page import MAX_PAGE_BYTES
from cinestream.contracts.saved import saved_text
from cinestream_scraper.unpacked import Unpacked

_BLOCK = 1 << 16
_HTML = (".html", ".htm")
_WARC = (".warc", ".warc.gz")
_WACZ = (".wacz",)
_CHARSET = re.compile(r"charset=[\"']?([\w.-]+)", re.IGNORECASE)


class Saved(NamedTuple):
    """A saved page: where it is kept, and what was read then. An HTML file does not say its `url`."""

    kept_in: str
    url: str
    status: int
    html: str
    read_at: datetime


class Unreadable(Exception):
    """A file that is no archive, or a damaged one. The text says which."""


def files_in(paths: Iterable[Path]) -> list[Path]:
    """The files that pages can be read from: those named, and those in the folders named, by name."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        found += [file for file in inside if file.is_file() and file.name.lower().endswith(_HTML + _WARC + _WACZ)]
    return list(dict.fromkeys(found))


def pages_in(file: Path) -> Iterator[Saved]:
    """The pages of one file, in its order.

    Raises:
        Unreadable: it is damaged; the pages before were good.
    """
    try:
        if file.name.lower().endswith(_HTML):
            moment = datetime.fromtimestamp(file.stat().st_mtime, UTC)
            with file.open("rb") as page:
                yield Saved(str(file), "", 200, saved_text(page.read(MAX_PAGE_BYTES + 1)), moment)
        elif file.name.lower().endswith(_WACZ):
            yield from _in_wacz(file)
        else:
            with file.open("rb") as stream:
                yield from _in_warc(str(file), stream)
    except (ArchiveLoadFailed, zipfile.BadZipFile, EOFError, OSError, ValueError) as error:
        raise Unreadable(f"{file}: {error}") from error


def _in_wacz(file: Path) -> Iterator[Saved]:
    with zipfile.ZipFile(file) as package:
        for name in sorted(package.namelist()):
            if name.startswith("archive/") and name.lower().endswith(_WARC):
                with package.open(name) as stream:
                    yield from _in_warc(f"{file}/{name}", stream)


def _in_warc(kept_in: str, stream: IO[bytes]) -> Iterator[Saved]:
    records = ArchiveIterator(Unpacked(stream), arc2warc=True)
    for record in records:
        if records.err_count:  # warcio warns of it, and looks for the next record
            raise ValueError("what follows a record is none")
        if record.rec_type == "response" and record.http_headers is not None:
            kind = record.http_headers.get_header("Content-Type") or ""
            if "html" in kind.lower():
                page = _saved(kept_in, record, kind)
                _require_whole(record)
                yield page


def _require_whole(record: ArcWarcRecord) -> None:
    while record.raw_stream.read(_BLOCK):
        pass
    if record.raw_stream.limit:
        raise ValueError("it ends in the middle of a record")


def _saved(kept_in: str, record: ArcWarcRecord, kind: str) -> Saved:
    body: bytes = record.content_stream().read(MAX_PAGE_BYTES + 1)
    charset = _CHARSET.search(kind)
    html = saved_text(body, charset=charset[1] if charset else "")
    status = record.http_headers.get_statuscode()
    moment = datetime.fromisoformat(record.rec_headers.get_header("WARC-Date").replace("Z", "+00:00"))
    return Saved(
        kept_in=kept_in,
        url=record.rec_headers.get_header("WARC-Target-URI") or "",
        status=int(status) if status and status.isdigit() else 200,
        html=html,
        read_at=moment if moment.tzinfo else moment.replace(tzinfo=UTC),
    )
