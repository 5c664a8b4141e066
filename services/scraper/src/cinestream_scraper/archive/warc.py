"""Saved pages in HTML files, WARC archives (ISO 28500) and WACZ packages.

One page at a time is held in memory.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, NamedTuple

import brotli  # type: ignore[import-untyped]
from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]
from warcio.exceptions import ArchiveLoadFailed  # type: ignore[import-untyped]
from warcio.limitreader import LimitReader  # type: ignore[import-untyped]
from warcio.recordloader import ArcWarcRecord  # type: ignore[import-untyped]

from cinestream.contracts.page import MAX_PAGE_BYTES
from cinestream.contracts.saved import saved_text
from cinestream_flow.message import Message
from cinestream_scraper.archive.decompress import DecompressedReader

_BLOCK_BYTES = 1 << 16
_MAX_BYTES = MAX_PAGE_BYTES + 1
_HTML = (".html", ".htm")
_WARC = (".warc", ".warc.gz")
_WACZ = (".wacz",)
_CHARSET = re.compile(r"charset=[\"']?([\w.-]+)", re.IGNORECASE)
# RuntimeError: a package that is encrypted, or compressed in a way that zipfile does not know.
_DAMAGE = (ArchiveLoadFailed, zipfile.BadZipFile, EOFError, OSError, ValueError, RuntimeError)


class SavedPage(NamedTuple):
    """A saved page.

    Attributes:
        file: the path of its file, and in a package also that of its archive.
        offset: how many bytes of the file had been read when the page was found.
        url: its address, or empty for an HTML file.
        status: the HTTP status of the response.
        html: its text.
        read_at: when it was read from the site.
    """

    file: str
    offset: int
    url: str
    status: int
    html: str
    read_at: datetime


class UnreadableFile(Exception):
    """A file is damaged, or is not an archive. The text names the file and the reason."""


def files_in(paths: Iterable[Path]) -> list[Path]:
    """Return the files to read: all that are named, and in named folders those with a known ending."""
    files: list[Path] = []
    for path in paths:
        files += _inside(path) if path.is_dir() else [path]
    return list(dict.fromkeys(files))


def _inside(folder: Path) -> list[Path]:
    known = _HTML + _WARC + _WACZ
    return [file for file in sorted(folder.rglob("*")) if file.name.lower().endswith(known) and file.is_file()]


def pages_in(file: Path) -> Iterator[SavedPage]:
    """Yield the pages of one file in their order.

    Raises:
        UnreadableFile: the file is damaged. The pages before the damage were yielded.
    """
    try:
        with file.open("rb") as opened:
            if file.name.lower().endswith(_HTML):
                moment = _not_in_future(datetime.fromtimestamp(file.stat().st_mtime, UTC))
                html = saved_text(opened.read(_MAX_BYTES))
                yield SavedPage(str(file), opened.tell(), "", 200, html, moment)
            elif file.name.lower().endswith(_WACZ):
                yield from _in_wacz(str(file), opened)
            else:
                yield from _in_warc(str(file), opened, opened)
    except _DAMAGE as error:
        raise UnreadableFile(Message("{file}: {error}", file=file, error=error)) from error


def _in_wacz(file_name: str, file: IO[bytes]) -> Iterator[SavedPage]:
    with zipfile.ZipFile(file) as package:
        for name in sorted(package.namelist()):
            if name.startswith("archive/") and name.lower().endswith(_WARC):
                with package.open(name) as stream:
                    yield from _in_warc(f"{file_name}/{name}", stream, file)


def _in_warc(file_name: str, stream: IO[bytes], file: IO[bytes]) -> Iterator[SavedPage]:
    reader = DecompressedReader(stream)
    records = ArchiveIterator(reader, arc2warc=True)
    while (record := _next(records)) is not None:
        if records.err_count:  # warcio itself only prints a warning, and searches for the next record
            raise ValueError(Message("the bytes after a record are not a record"))
        if record.rec_type == "response" and record.http_headers is not None:
            content_type = record.http_headers.get_header("Content-Type") or ""
            if "html" in content_type.lower():
                page = _saved(file_name, record, content_type)
                _require_whole(record)
                reader.verify()
                yield page._replace(offset=file.tell())


def _next(records: ArchiveIterator) -> ArcWarcRecord | None:
    try:
        return next(records, None)
    except AttributeError as error:  # warcio does not check that the field is there
        raise ValueError(Message("a record has no address")) from error


def _require_whole(record: ArcWarcRecord) -> None:
    if not isinstance(record.raw_stream, LimitReader):
        raise ValueError(Message("a record has no length"))
    while record.raw_stream.read(_BLOCK_BYTES):
        pass
    if record.raw_stream.limit:
        raise ValueError(Message("the file ends in the middle of a record"))


def _saved(file_name: str, record: ArcWarcRecord, content_type: str) -> SavedPage:
    charset = _CHARSET.search(content_type)
    html = saved_text(_body(record), charset=charset[1] if charset else "")
    status = record.http_headers.get_statuscode()
    date = record.rec_headers.get_header("WARC-Date")
    if date is None:
        raise ValueError(Message("a record has no date"))
    moment = datetime.fromisoformat(date.replace("Z", "+00:00"))
    return SavedPage(
        file=file_name,
        offset=0,
        url=record.rec_headers.get_header("WARC-Target-URI") or "",
        status=int(status) if status and status.isdigit() else 200,
        html=html,
        read_at=_not_in_future(moment if moment.tzinfo else moment.replace(tzinfo=UTC)),
    )


def _body(record: ArcWarcRecord) -> bytes:
    """Return the body, decompressed if it was saved as the site sent it. Cut at one byte more than a page may have."""
    encoding = record.http_headers.get_header("Content-Encoding") or ""
    if encoding.lower() != "br":
        return bytes(record.content_stream().read(_MAX_BYTES))
    record.http_headers.remove_header("Content-Encoding")  # warcio would need another package for it
    body = bytes(record.content_stream().read(_MAX_BYTES))
    try:
        return bytes(brotli.Decompressor().process(body, output_buffer_limit=_MAX_BYTES))
    except brotli.error:
        return body  # some crawlers decompress a page and keep the header


def _not_in_future(moment: datetime) -> datetime:
    # A page with a date in the future would count as fresh until then, and no newer page would replace it.
    return min(moment, datetime.now(UTC))
