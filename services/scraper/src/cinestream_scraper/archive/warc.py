"""Saved pages, from wherever: HTML files, WARC archives (ISO 28500) and WACZ packages, by warcio.

Nothing is read into memory but one page at a time.
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
from cinestream_scraper.archive.decompress import Unpacked

_BLOCK = 1 << 16
_MOST = MAX_PAGE_BYTES + 1
_HTML = (".html", ".htm")
_WARC = (".warc", ".warc.gz")
_WACZ = (".wacz",)
_CHARSET = re.compile(r"charset=[\"']?([\w.-]+)", re.IGNORECASE)


# A package that is encrypted, or packed in a way that zipfile does not know, is a RuntimeError.
_DAMAGE = (ArchiveLoadFailed, zipfile.BadZipFile, EOFError, OSError, ValueError, RuntimeError)


class Saved(NamedTuple):
    """A saved page: where it is kept, and what was read then. An HTML file does not say its `url`.

    `ends` is how many bytes of the file were read when it was found.
    """

    kept_in: str
    ends: int
    url: str
    status: int
    html: str
    read_at: datetime


class Unreadable(Exception):
    """A file that is no archive, or a damaged one. The text says which."""


def files_in(paths: Iterable[Path]) -> list[Path]:
    """The files that pages are read from: those named, whatever they are, and by their names those in folders named."""
    found: list[Path] = []
    for path in paths:
        found += _inside(path) if path.is_dir() else [path]
    return list(dict.fromkeys(found))


def _inside(folder: Path) -> list[Path]:
    known = _HTML + _WARC + _WACZ
    return [file for file in sorted(folder.rglob("*")) if file.name.lower().endswith(known) and file.is_file()]


def pages_in(file: Path) -> Iterator[Saved]:
    """The pages of one file, in its order.

    Raises:
        Unreadable: it is damaged; the pages before were good.
    """
    try:
        with file.open("rb") as opened:
            if file.name.lower().endswith(_HTML):
                moment = _past(datetime.fromtimestamp(file.stat().st_mtime, UTC))
                html = saved_text(opened.read(_MOST))
                yield Saved(str(file), opened.tell(), "", 200, html, moment)
            elif file.name.lower().endswith(_WACZ):
                yield from _in_wacz(str(file), opened)
            else:
                yield from _in_warc(str(file), opened, opened)
    except _DAMAGE as error:
        raise Unreadable(f"{file}: {error}") from error


def _in_wacz(kept_in: str, file: IO[bytes]) -> Iterator[Saved]:
    with zipfile.ZipFile(file) as package:
        for name in sorted(package.namelist()):
            if name.startswith("archive/") and name.lower().endswith(_WARC):
                with package.open(name) as stream:
                    yield from _in_warc(f"{kept_in}/{name}", stream, file)


def _in_warc(kept_in: str, stream: IO[bytes], file: IO[bytes]) -> Iterator[Saved]:
    unpacked = Unpacked(stream)
    records = ArchiveIterator(unpacked, arc2warc=True)
    while (record := _next(records)) is not None:
        if records.err_count:  # warcio warns of it, and looks for the next record
            raise ValueError("what follows a record is none")
        if record.rec_type == "response" and record.http_headers is not None:
            kind = record.http_headers.get_header("Content-Type") or ""
            if "html" in kind.lower():
                page = _saved(kept_in, record, kind)
                _require_whole(record)
                unpacked.settle()
                yield page._replace(ends=file.tell())


def _next(records: ArchiveIterator) -> ArcWarcRecord | None:
    try:
        return next(records, None)
    except AttributeError as error:  # warcio takes it for granted
        raise ValueError("a record does not say what it is of") from error


def _require_whole(record: ArcWarcRecord) -> None:
    if not isinstance(record.raw_stream, LimitReader):
        raise ValueError("a record does not say how long it is")
    while record.raw_stream.read(_BLOCK):
        pass
    if record.raw_stream.limit:
        raise ValueError("it ends in the middle of a record")


def _saved(kept_in: str, record: ArcWarcRecord, kind: str) -> Saved:
    charset = _CHARSET.search(kind)
    html = saved_text(_body(record), charset=charset[1] if charset else "")
    status = record.http_headers.get_statuscode()
    date = record.rec_headers.get_header("WARC-Date")
    if date is None:
        raise ValueError("a record does not say when it was read")
    moment = datetime.fromisoformat(date.replace("Z", "+00:00"))
    return Saved(
        kept_in=kept_in,
        ends=0,
        url=record.rec_headers.get_header("WARC-Target-URI") or "",
        status=int(status) if status and status.isdigit() else 200,
        html=html,
        read_at=_past(moment if moment.tzinfo else moment.replace(tzinfo=UTC)),
    )


def _body(record: ArcWarcRecord) -> bytes:
    """The page, unpacked if it is kept as the site sent it: all of it, or more than a page may have."""
    packed_by = record.http_headers.get_header("Content-Encoding") or ""
    if packed_by.lower() != "br":
        return bytes(record.content_stream().read(_MOST))
    record.http_headers.remove_header("Content-Encoding")  # warcio knows the brotli of another package only
    body = bytes(record.content_stream().read(_MOST))
    try:
        return bytes(brotli.Decompressor().process(body, output_buffer_limit=_MOST))
    except brotli.error:
        return body  # some crawlers unpack a page, and keep the header that says otherwise


def _past(moment: datetime) -> datetime:
    """The moment, unless it is still to come: then now, else the page would be taken for fresh until then."""
    return min(moment, datetime.now(UTC))
