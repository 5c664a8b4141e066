"""The export engine: read the lists, check that they are complete, write the files. The file to read first.

Every response of Trakt is in the checkpoint before it is used, and the files depend on the checkpoint alone. An export
that is killed at any moment and started again therefore writes the same bytes.
"""

from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from cinestream.contracts.errors import Invalid
from cinestream_flow.message import Translate, message_of
from cinestream_trakt_export.export.api_source import ApiSource
from cinestream_trakt_export.export.archive import Archive
from cinestream_trakt_export.export.archive_source import ArchiveSource
from cinestream_trakt_export.export.checkpoints import checkpoint_path, open_checkpoint
from cinestream_trakt_export.export.films import open_films
from cinestream_trakt_export.export.list_reader import read_list
from cinestream_trakt_export.export.shows import open_shows
from cinestream_trakt_export.export.sources import ExportKind, ListTarget, Progress, Source
from cinestream_trakt_export.letterboxd.csv_files import CsvParts, write_skipped
from cinestream_trakt_export.library.request import Request, Summary
from cinestream_trakt_export.settings import TraktSettings
from cinestream_trakt_export.trakt.account import Account
from cinestream_trakt_export.trakt.client import Trakt
from cinestream_trakt_export.trakt.errors import TraktError

if TYPE_CHECKING:
    from cinestream_trakt_export.export.stream_lookup import StreamLookup


class Incomplete(TraktError):
    """A list that has fewer items than Trakt counts. Nothing was written."""


@dataclass(frozen=True)
class Hooks:
    """The functions that an export calls back, and the connection to our stream.

    Args:
        progress: called after each page.
        translate: translates the reasons in `skipped.csv`.
        stream: our stream, which provides the directors of films. None if the request does not need it.
    """

    progress: Progress = lambda path, pages, total: None
    translate: Translate = str
    stream: "StreamLookup | None" = None


_NO_HOOKS = Hooks()


async def export(
    trakt: Trakt,
    settings: TraktSettings,
    owner: Account,
    request: Request,
    hooks: Hooks = _NO_HOOKS,
) -> Summary:
    """Export one list of an account from the API.

    Args:
        trakt: the client.
        settings: the bounds of the pipeline, and the folder of the checkpoints.
        owner: the account that is logged in.
        request: the list, its options and the folder of the files.
        hooks: the progress, the translation and the connection to our stream.

    Raises:
        TraktError: the list cannot be exported. Files of an earlier export stay as they are.
        CheckpointRefused: an export with other options was interrupted.
    """
    before, path = trakt.requests, checkpoint_path(settings, owner, request)
    with ExitStack() as stack:
        identity = request.identity(owner.slug, settings.api.url)
        checkpoint = stack.enter_context(open_checkpoint(path, settings, identity))
        kind = stack.enter_context(_open(request, owner.zone, path))
        source = ApiSource(trakt, settings, checkpoint, hooks.progress)
        summary = await _export(source, kind, request, hooks, buffer_size=settings.streaming.buffer_size)
    return replace(summary, requests=trakt.requests - before)


async def export_archive(
    archive: Archive, settings: TraktSettings, zone: ZoneInfo, request: Request, translate: Translate = str
) -> Summary:
    """Export one list from Trakt's own export of an account.

    Args:
        archive: the open archive.
        settings: the folder of the scratch files.
        zone: the time zone of the account.
        request: the list, its options and the folder of the files.
        translate: translates the reasons in `skipped.csv`.

    Raises:
        TraktError: the archive lacks files or is not complete. Files of an earlier export stay as they are.
    """
    folder = settings.checkpoints.dir
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _open(request, zone, folder / f"{request.kind}-archive") as kind:
        source = ArchiveSource(archive)
        return await _export(
            source, kind, request, Hooks(translate=translate), buffer_size=settings.streaming.buffer_size
        )


def _open(request: Request, zone: ZoneInfo, path: Path) -> AbstractContextManager[ExportKind]:
    """Return the description of an export. Its scratch files are named like `path`, with other suffixes."""
    return open_shows(request, zone, path) if request.kind == "shows" else open_films(request, zone, path)


async def _export(source: Source, kind: ExportKind, request: Request, hooks: Hooks, *, buffer_size: int) -> Summary:
    first, *others = kind.lists
    await _read_complete(source, first)
    for target in others:
        if source.has(target.path):
            await _read_complete(source, target)
    if hooks.stream:
        await kind.look_up(hooks.stream)
    if request.preview:
        summary = _preview(kind, request)
    else:
        summary = _write(kind, request, buffer_size)
        write_skipped(request.out, request.kind, kind.skipped(), hooks.translate)
    source.finish()
    return summary


async def _read_complete(source: Source, target: ListTarget[Any]) -> None:
    """Read a list until it is complete. It may change while it is read, so an incomplete list is read again."""
    shortage = None
    for attempt in range(1, source.max_attempts + 1):
        target.clear()
        pages = source.pages(target, attempt)
        await read_list(pages, target)
        shortage = await source.shortage(target, pages)
        if shortage is None:
            return
    source.finish()  # these pages do not fit together, so the next run begins anew
    raise Incomplete(shortage)


def _preview(kind: ExportKind, request: Request) -> Summary:
    first = [row for _, row in islice(kind.rows(), request.preview)]
    return Summary(len(first), first=first, columns=kind.columns)


def _write(kind: ExportKind, request: Request, buffer_size: int) -> Summary:
    """Write the rows and replace the files of an earlier export. A row that fits into no file is skipped."""
    parts = CsvParts(request.out, request.kind, kind.columns, buffer_size=buffer_size)
    try:
        for key, row in kind.rows():
            try:
                parts.add(row)
            except Invalid as error:
                kind.skip_row(key, row, message_of(error))
        files = parts.publish()
    except BaseException:
        parts.discard()
        raise
    return Summary(parts.rows, sum(1 for _ in kind.skipped()), files=files, columns=kind.columns)
