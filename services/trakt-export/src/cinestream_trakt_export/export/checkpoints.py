"""The checkpoint files of exports."""

import hashlib
from pathlib import Path

from cinestream_flow.checkpoint import Checkpoint, CheckpointRefused
from cinestream_flow.message import Message
from cinestream_flow.operations import SUFFIX, prune
from cinestream_trakt_export.library.request import Request
from cinestream_trakt_export.settings import TraktSettings
from cinestream_trakt_export.trakt.account import Account


def checkpoint_path(settings: TraktSettings, owner: Account, request: Request) -> Path:
    """Return the checkpoint file of an export of this account. The file exists while the export is not finished."""
    account = hashlib.sha256(f"{owner.slug} {settings.api.url}".encode()).hexdigest()[:12]
    return settings.checkpoints.dir / f"{request.kind}{'-preview' if request.preview else ''}-{account}{SUFFIX}"


def open_checkpoint(path: Path, settings: TraktSettings, identity: dict[str, str]) -> Checkpoint:
    """Open the checkpoint of an export, and delete the oldest checkpoints beyond the limit of the settings.

    Raises:
        CheckpointRefused: the file belongs to an export with other options, is damaged, or is in use.
    """
    saving = settings.checkpoints
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    prune(path.parent, keep=saving.max_checkpoints, protected=path)
    try:
        return Checkpoint(path, identity, sync_items=saving.every, sync_seconds=saving.interval)
    except CheckpointRefused as error:
        raise CheckpointRefused(
            Message(
                "{reason}. Finish it with 'cinestream-trakt resume', or begin anew with --restart",
                reason=error,
            )
        ) from None
