"""Atomic file replacement that survives a crash of the process or a power failure."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def replacing(path: Path, *, mode: int = 0o644) -> Iterator[BinaryIO]:
    """Open a new file for writing and rename it to `path` at the end of the block.

    If the block raises, the new file is removed and `path` is unchanged. The new file has `mode` from its first byte
    on. Its content is flushed to disk before the rename. A killed process may leave `<name>.new` behind, and the next
    writer replaces it. Two writers of one path at the same time are not supported.
    """
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, mode)  # the umask may have removed bits
            yield file
            file.flush()
            # Without this, a power failure after the rename could leave an empty file under the final name.
            os.fsync(descriptor)
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Replace the content of a file completely, or not at all."""
    with replacing(path, mode=mode) as file:
        file.write(content)


def sync_folder(folder: Path) -> None:
    """Flush a folder to disk, so that new names in it survive a power failure."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
