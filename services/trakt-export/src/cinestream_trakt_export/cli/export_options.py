"""The options of `export`, as values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True)
class ExportOptions:
    """The options of `export`. Its help describes each of them.

    Args:
        kinds: The lists to export.
        out: Folder for the files.
        mode: One of `MODES`, or an empty text for that of the settings.
    """

    kinds: Sequence[str]
    out: Path
    mode: str
    since: date | None
    until: date | None
    genre: Sequence[str] = ()
    status: Sequence[str] = ()
    preview: bool = False
    incremental: bool = False
    from_archive: Path | None = None
    time_zone: str = ""
    restart: bool = False
    enqueue: bool = False
    enrich: bool = False
    profile: Path | None = None
